package kontor.orders.imports;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.web.PageRequest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Imports small files, and looks at what came of them. */
@Component
class TestImports {
    static final String HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    static final ImportOptions CSV =
            new ImportOptions(ImportFormat.CSV, Currency.getInstance("GBP"), ZoneId.of("Europe/London"), true, false);
    static final ImportOptions NDJSON = new ImportOptions(ImportFormat.NDJSON, CSV.currency(), CSV.zone(), true, false);
    private static final AtomicInteger NUMBERS = new AtomicInteger(900_000);
    private static final int WHOLE_PAGE = 200;

    private final Imports imports;
    private final JdbcClient database;

    TestImports(Imports imports, JdbcClient database) {
        this.imports = imports;
        this.database = database;
    }

    /** An invoice number or a customer's that nobody has had before. */
    static String number() {
        return Integer.toString(NUMBERS.incrementAndGet());
    }

    static ImportOptions dry(ImportOptions options) {
        return new ImportOptions(options.format(), options.currency(), options.zone(), options.settled(), true);
    }

    static ImportOptions unsettled(ImportOptions options) {
        return new ImportOptions(options.format(), options.currency(), options.zone(), false, options.dryRun());
    }

    OrderImportReport csv(String... rows) {
        return run(CSV, HEADER + String.join("\n", rows));
    }

    OrderImportReport run(ImportOptions options, String file) {
        return run(options, new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)));
    }

    OrderImportReport run(ImportOptions options, InputStream file) {
        try (file) {
            return imports.run(file, options, "test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What became of the lines of a small file: {@code order_line 1 of 900001}, {@code set_aside stock_write_off}. */
    List<String> fates(OrderImportReport report) {
        return imports.lines(report.id(), null, new PageRequest(WHOLE_PAGE, null)).items().stream()
                .map(TestImports::fate)
                .toList();
    }

    private static String fate(ImportedLine line) {
        var outcome = String.valueOf(line.outcome()).toLowerCase(Locale.ROOT);
        if (line.reason() != null) return outcome + " " + line.reason().code();
        if (line.orderExternalId() == null) return outcome;
        return outcome + (line.orderLine() == null ? "" : " " + line.orderLine()) + " of " + line.orderExternalId();
    }

    /** A column of an imported order, as text. */
    String order(String externalId, String column) {
        return database.sql("SELECT (" + column + ")::text FROM orders.orders WHERE external_id = ?")
                .param(externalId)
                .query(String.class)
                .single();
    }

    boolean isThere(String externalId) {
        return database.sql("SELECT EXISTS (SELECT FROM orders.orders WHERE external_id = ?)")
                .param(externalId)
                .query(Boolean.class)
                .single();
    }

    /** The balance of an account over the postings about one order, in minor units. */
    long balance(String account, String externalId) {
        return database.sql("""
                        SELECT coalesce(sum(amount), 0) FROM ledger.entries
                        JOIN ledger.transactions ON transactions.id = transaction_id
                        WHERE account = ? AND order_id = (SELECT id FROM orders.orders WHERE external_id = ?)
                        """).params(account, externalId).query(Long.class).single();
    }

    /** How many rows there are of everything that an import may write into the shop. */
    String everything() {
        return database.sql("""
                        SELECT concat_ws(' ',
                            (SELECT count(*) FROM orders.orders), (SELECT count(*) FROM orders.lines),
                            (SELECT count(*) FROM orders.history), (SELECT count(*) FROM orders.credits),
                            (SELECT count(*) FROM orders.credit_lines), (SELECT count(*) FROM orders.credited),
                            (SELECT count(*) FROM payments.payments), (SELECT coalesce(sum(refunded), 0) FROM payments.payments),
                            (SELECT count(*) FROM ledger.transactions), (SELECT count(*) FROM ledger.entries),
                            (SELECT count(*) FROM events.outbox), (SELECT count(*) FROM inventory.movements),
                            (SELECT coalesce(sum(version), 0) FROM orders.orders))
                        """).query(String.class).single();
    }
}
