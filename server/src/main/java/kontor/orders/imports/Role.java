package kontor.orders.imports;

import java.util.Locale;

/** What a line is about. */
enum Role {
    GOODS,
    SHIPPING,
    DISCOUNT,
    TAX,
    /** Neither sold nor given back: the shop's own costs and corrections. */
    BOOKKEEPING;

    private final String code = name().toLowerCase(Locale.ROOT);

    String code() {
        return code;
    }

    static Role ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
