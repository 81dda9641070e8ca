package kontor.orders.imports;

import java.util.Locale;

/** How a file of orders is written. */
public enum ImportFormat {
    /** One row for each line of an invoice, with the columns of the Online Retail data set. */
    CSV,
    /** One {@link ImportedOrder} in each line. */
    NDJSON;

    private final String code = name().toLowerCase(Locale.ROOT);

    String code() {
        return code;
    }

    static ImportFormat ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
