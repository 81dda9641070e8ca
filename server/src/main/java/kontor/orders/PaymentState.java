package kontor.orders;

import java.util.Locale;

/** How far an order is paid. */
public enum PaymentState {
    OPEN,
    AUTHORIZED,
    PAID,
    PARTIALLY_REFUNDED,
    REFUNDED,
    FAILED,
    VOIDED;

    private final String code = name().toLowerCase(Locale.ROOT);

    public String code() {
        return code;
    }

    public static PaymentState ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
