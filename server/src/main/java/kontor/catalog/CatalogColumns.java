package kontor.catalog;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import kontor.money.Money;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a catalogue file, in any order: {@code sku}, {@code product}, {@code name}, {@code variant},
 * {@code description}, {@code status}, {@code on_hand}, and prices in major units (2.55), either a column for each
 * currency ({@code price_GBP}) or {@code price} with {@code currency} beside it. An empty cell says nothing: what is
 * there stays.
 */
final class CatalogColumns {
    static final String SKU = "sku";
    static final String PRODUCT = "product";
    static final String NAME = "name";
    static final String VARIANT = "variant";
    static final String DESCRIPTION = "description";
    static final String STATUS = "status";
    static final String ON_HAND = "on_hand";
    static final String PRICE = "price";
    static final String CURRENCY = "currency";
    static final String PRICE_IN = "price_";
    private static final List<String> PLAIN =
            List.of(SKU, PRODUCT, NAME, VARIANT, DESCRIPTION, STATUS, ON_HAND, PRICE, CURRENCY);
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_DESCRIPTION = 10_000;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,13}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,13}(\\.[0-9]{1,10})?");

    private final List<String> names;

    private CatalogColumns(List<String> names) {
        this.names = names;
    }

    /** @return what the first line of the file names; null when it names something wrong, which is in the errors then */
    static @Nullable CatalogColumns of(List<String> header, RowErrors errors) {
        var names = new ArrayList<String>();
        for (var cell : header) names.add(normal(cell.strip()));
        var seen = new HashSet<String>();
        for (var name : names) {
            if (!PLAIN.contains(name) && !isPriceColumn(name))
                errors.add(
                        1,
                        name,
                        "unknown_column",
                        "is no column of a catalogue file: those are " + String.join(", ", PLAIN) + " and price_GBP"
                                + " or another currency");
            else if (!seen.add(name)) errors.add(1, name, "duplicate", "is given twice");
        }
        if (!seen.contains(SKU)) errors.add(1, SKU, "required", "is a column that every file needs");
        if (seen.contains(PRICE) != seen.contains(CURRENCY))
            errors.add(
                    1,
                    seen.contains(PRICE) ? CURRENCY : PRICE,
                    "required",
                    "is missing: price and currency go together; or name a column price_GBP");
        return errors.isEmpty() ? new CatalogColumns(names) : null;
    }

    private static String normal(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith(PRICE_IN)
                ? PRICE_IN + lower.substring(PRICE_IN.length()).toUpperCase(Locale.ROOT)
                : lower;
    }

    private static boolean isPriceColumn(String name) {
        return name.startsWith(PRICE_IN) && currency(name.substring(PRICE_IN.length())) != null;
    }

    /** @return null when no amount can be in it */
    private static @Nullable Currency currency(String code) {
        try {
            var currency = Currency.getInstance(code);
            return currency.getDefaultFractionDigits() >= 0 ? currency : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** @return the line's article; null when the line is wrong, which is in the errors then */
    @Nullable
    CatalogRow read(long line, List<String> cells, RowErrors errors) {
        if (cells.size() != names.size()) {
            errors.add(line, "", "column_count", "has %d columns instead of %d".formatted(cells.size(), names.size()));
            return null;
        }
        var row = new Row(line, cells, errors);
        var sku = row.text(SKU);
        if (sku == null) row.wrong(SKU, "required", "is missing");
        else if (!Sku.isOne(sku)) row.wrong(SKU, "pattern", Sku.RULE);
        var product = row.text(PRODUCT);
        if (product != null && !Slug.isOne(product)) row.wrong(PRODUCT, "pattern", Slug.RULE);
        var name = row.name(NAME);
        var variant = row.name(VARIANT);
        var description = row.description();
        var status = row.status();
        var onHand = row.onHand();
        var prices = row.prices();
        if (row.isWrong || sku == null) return null;
        return new CatalogRow(line, sku, product, name, variant, description, status, onHand, prices);
    }

    /** The cells of one line, by the names of their columns. */
    private final class Row {
        private final long line;
        private final List<String> cells;
        private final RowErrors errors;
        private boolean isWrong;

        Row(long line, List<String> cells, RowErrors errors) {
            this.line = line;
            this.cells = cells;
            this.errors = errors;
        }

        void wrong(String column, String code, String message) {
            isWrong = true;
            errors.add(line, column, code, message);
        }

        @Nullable
        String text(String column) {
            var place = names.indexOf(column);
            if (place < 0) return null;
            var text = Cell.read(cells.get(place)).strip();
            return text.isEmpty() ? null : text;
        }

        @Nullable
        String name(String column) {
            var text = text(column);
            if (text == null) return null;
            if (text.length() > LONGEST_NAME)
                wrong(column, "too_long", "must have at most " + LONGEST_NAME + " characters");
            if (!PlainText.Check.isPlain(text, false))
                wrong(column, "plain_text", "must not contain control characters");
            return text;
        }

        @Nullable
        String description() {
            var text = text(DESCRIPTION);
            if (text == null) return null;
            if (text.length() > LONGEST_DESCRIPTION)
                wrong(DESCRIPTION, "too_long", "must have at most " + LONGEST_DESCRIPTION + " characters");
            if (!PlainText.Check.isPlain(text, true))
                wrong(DESCRIPTION, "plain_text", "must not contain control characters");
            if (PlainText.Check.holdsCardNumber(text))
                wrong(DESCRIPTION, "card_data_refused", "must not contain a card number");
            return text;
        }

        @Nullable
        ProductStatus status() {
            var word = text(STATUS);
            if (word == null) return null;
            for (var status : ProductStatus.values()) if (status.word().equals(word)) return status;
            wrong(STATUS, "unknown", "must be active or archived");
            return null;
        }

        @Nullable
        Long onHand() {
            var text = text(ON_HAND);
            if (text == null) return null;
            if (WHOLE_NUMBER.matcher(text).matches()) {
                var onHand = Long.parseLong(text);
                if (onHand <= StockCounts.MOST) return onHand;
            }
            wrong(ON_HAND, "out_of_range", "must be a whole number from 0 to " + StockCounts.MOST);
            return null;
        }

        List<Money> prices() {
            var prices = new ArrayList<Money>(1);
            for (var column : names) {
                if (column.equals(PRICE)) {
                    var code = text(CURRENCY);
                    var text = text(PRICE);
                    if (text == null) continue;
                    var currency = code == null ? null : currency(code);
                    if (currency == null)
                        wrong(CURRENCY, "unknown", "must be an ISO 4217 currency code such as EUR or GBP");
                    else addPrice(column, text, currency, prices);
                } else if (column.startsWith(PRICE_IN)) {
                    var text = text(column);
                    var currency = currency(column.substring(PRICE_IN.length()));
                    if (text != null && currency != null) addPrice(column, text, currency, prices);
                }
            }
            return prices;
        }

        private void addPrice(String column, String text, Currency currency, List<Money> prices) {
            var digits = currency.getDefaultFractionDigits();
            if (!DECIMAL.matcher(text).matches()) {
                wrong(column, "not_a_price", "must be a number such as 2.55, without signs and separators");
                return;
            }
            var amount = new BigDecimal(text).movePointRight(digits);
            if (amount.stripTrailingZeros().scale() > 0)
                wrong(column, "too_precise", "has more than the " + digits + " decimals of " + currency);
            else if (amount.compareTo(BigDecimal.valueOf(Price.MOST)) > 0)
                wrong(column, "out_of_range", "is more than any price can be");
            else if (prices.stream().anyMatch(price -> price.currency().equals(currency)))
                wrong(column, "duplicate", "is a second price in " + currency);
            else prices.add(new Money(amount.longValueExact(), currency));
        }
    }
}
