package kontor.orders.imports;

import java.util.Locale;

/** What can become of a line of the source. */
public enum Outcome {
    ORDER_LINE,
    SHIPPING,
    DISCOUNT,
    TAX,
    /** Credited against the order that it takes back. */
    CREDIT_OF_ORDER,
    /** Credited to the customer, because the order that it takes back is not known. */
    CUSTOMER_CREDIT,
    /** An earlier import has made the same of it. */
    ALREADY_THERE,
    SET_ASIDE;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** As it stands in the database and in answers. */
    public String code() {
        return code;
    }

    static Outcome ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }

    boolean isImported() {
        return this != ALREADY_THERE && this != SET_ASIDE;
    }
}
