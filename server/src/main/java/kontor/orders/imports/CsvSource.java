package kontor.orders.imports;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/** Reads orders from CSV with the columns of the Online Retail data set, in any order. */
final class CsvSource implements Source {
    private static final String INVOICE = "InvoiceNo";
    private static final String CODE = "StockCode";
    private static final String DESCRIPTION = "Description";
    private static final String QUANTITY = "Quantity";
    private static final String TIME = "InvoiceDate";
    private static final String PRICE = "UnitPrice";
    private static final String CUSTOMER = "CustomerID";
    private static final String COUNTRY = "Country";
    private static final List<String> COLUMNS =
            List.of(INVOICE, CODE, DESCRIPTION, QUANTITY, TIME, PRICE, CUSTOMER, COUNTRY);

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,6})?");
    private static final Pattern LOCAL_TIME =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?");
    private static final Pattern FLOATED_NUMBER = Pattern.compile("([0-9]+)\\.0");
    private static final int LONGEST_CODE = 64;
    private static final int LONGEST_TEXT = 200;

    private final CsvRows rows;
    private final ImportOptions options;
    private final Map<String, Integer> columns;

    /** @throws Refusal 422 when the first row does not name the columns */
    CsvSource(InputStream stream, ImportOptions options) throws IOException {
        this.rows = new CsvRows(stream);
        this.options = options;
        this.columns = header(rows.next(COLUMNS.size()));
    }

    private static Map<String, Integer> header(CsvRows.@Nullable Row row) {
        if (row == null || row.fault() != null) throw wrongHeader("must be a row with the names of the columns");
        var columns = new HashMap<String, Integer>();
        for (var i = 0; i < row.cells().size(); i++) {
            var name = row.cells().get(i).strip();
            if (!COLUMNS.contains(name) || columns.put(name, i) != null)
                throw wrongHeader("has a column that is unknown or comes twice, the " + (i + 1) + ".");
        }
        for (var name : COLUMNS) if (!columns.containsKey(name)) throw wrongHeader("has no column " + name);
        return columns;
    }

    private static Refusal wrongHeader(String fault) {
        return Refusal.ofField("header", "wrong_columns", fault + "; the columns are " + String.join(",", COLUMNS));
    }

    @Override
    public @Nullable List<SourceLine> next() throws IOException {
        var row = rows.next(columns.size());
        return row == null ? null : List.of(read(row));
    }

    private SourceLine read(CsvRows.Row row) {
        try {
            if (row.fault() != null) throw new Fault(row.fault(), row.fault().sentence());
            if (row.cells().size() != columns.size())
                throw new Fault(
                        Reason.WRONG_COLUMN_COUNT, row.cells().size() + " columns instead of " + columns.size() + ".");
            return readable(row);
        } catch (Fault fault) {
            return new SourceLine.Broken(row.line(), invoiceOf(row), fault.reason, String.valueOf(fault.getMessage()));
        }
    }

    private SourceLine readable(CsvRows.Row row) throws Fault {
        var invoice = code(row, INVOICE);
        var code = code(row, CODE);
        if (invoice.isEmpty()) throw missing(INVOICE);
        if (code.isEmpty()) throw missing(CODE);
        var customer = customer(row);
        var head = new SourceLine.Head(
                invoice,
                Codes.isCancellation(invoice),
                time(row),
                customer,
                emptyToNull(text(row, COUNTRY)),
                null,
                options.currency());
        return new SourceLine.Read(
                row.line(),
                0,
                head,
                Codes.roleOf(invoice, code, customer),
                code,
                text(row, DESCRIPTION),
                Long.parseLong(number(row, QUANTITY, WHOLE_NUMBER)),
                new BigDecimal(number(row, PRICE, DECIMAL))
                        .movePointRight(options.currency().getDefaultFractionDigits()));
    }

    /** The data set's customers have passed through a spreadsheet: number 17850 is written 17850.0. */
    private @Nullable String customer(CsvRows.Row row) throws Fault {
        var given = text(row, CUSTOMER);
        var floated = FLOATED_NUMBER.matcher(given);
        return emptyToNull(floated.matches() ? floated.group(1) : given);
    }

    private Instant time(CsvRows.Row row) throws Fault {
        var given = cell(row, TIME).strip();
        if (given.isEmpty()) throw missing(TIME);
        if (!LOCAL_TIME.matcher(given).matches()) throw badTime(given);
        try {
            return LocalDateTime.parse(given.replace(' ', 'T'))
                    .atZone(options.zone())
                    .toInstant();
        } catch (DateTimeException e) {
            throw badTime(given);
        }
    }

    private static Fault badTime(String given) {
        return new Fault(Reason.BAD_TIME, TIME + " is not a time such as 2010-12-01 08:26:00: " + shown(given));
    }

    private String number(CsvRows.Row row, String column, Pattern form) throws Fault {
        var given = cell(row, column).strip();
        if (given.isEmpty()) throw missing(column);
        if (!form.matcher(given).matches())
            throw new Fault(Reason.BAD_NUMBER, column + " is not a number that can be imported: " + shown(given));
        return given;
    }

    /** Of an article or an invoice; bar codes and long numbers may look like card numbers. */
    private String code(CsvRows.Row row, String column) throws Fault {
        return plain(row, column, LONGEST_CODE);
    }

    private String text(CsvRows.Row row, String column) throws Fault {
        var given = plain(row, column, LONGEST_TEXT);
        if (PlainText.Check.holdsCardNumber(given)) throw new Fault(Reason.BAD_TEXT, PlainText.Check.CARD_DATA);
        return given;
    }

    private String plain(CsvRows.Row row, String column, int longest) throws Fault {
        var given = cell(row, column).strip();
        if (given.length() > longest)
            throw new Fault(Reason.BAD_TEXT, column + " has more than " + longest + " characters.");
        if (!PlainText.Check.isPlain(given, false))
            throw new Fault(Reason.BAD_TEXT, column + " holds control characters.");
        return given;
    }

    private String cell(CsvRows.Row row, String column) {
        return row.cells().get(indexOf(column));
    }

    private int indexOf(String column) {
        var index = columns.get(column);
        if (index == null) throw new IllegalStateException("the header was checked to have " + column);
        return index;
    }

    /** The invoice that a faulty row belongs to, as far as that can be told: nothing of it is imported. */
    private @Nullable String invoiceOf(CsvRows.Row row) {
        var index = indexOf(INVOICE);
        if (index >= row.cells().size()) return null;
        var given = row.cells().get(index).strip();
        return given.isEmpty() || given.length() > LONGEST_CODE || !PlainText.Check.isPlain(given, false)
                ? null
                : given;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static Fault missing(String column) {
        return new Fault(Reason.MISSING_VALUE, column + " is empty.");
    }

    private static String shown(String given) {
        if (PlainText.Check.holdsCardNumber(given)) return "it looks like a card number";
        var plain = given.codePoints()
                .limit(60)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return "\"" + plain + '"';
    }

    /** What is wrong with a row. */
    private static final class Fault extends Exception {
        private final Reason reason;

        Fault(Reason reason, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
        }
    }
}
