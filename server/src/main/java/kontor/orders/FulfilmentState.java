package kontor.orders;

import java.util.Locale;

/** How much of an order has been shipped. */
public enum FulfilmentState {
    UNFULFILLED,
    PARTIALLY_FULFILLED,
    FULFILLED;

    private final String code = name().toLowerCase(Locale.ROOT);

    public String code() {
        return code;
    }

    public static FulfilmentState ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
