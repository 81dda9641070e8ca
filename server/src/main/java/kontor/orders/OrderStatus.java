package kontor.orders;

import java.util.Locale;

/** Where an order stands in its life; payment and fulfilment stand beside it. */
public enum OrderStatus {
    PENDING_PAYMENT,
    CONFIRMED,
    COMPLETED,
    CANCELLED;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** As it stands in the database and in answers. */
    public String code() {
        return code;
    }

    public static OrderStatus ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }

    public boolean canBecome(OrderStatus next) {
        return switch (this) {
            case PENDING_PAYMENT -> next == CONFIRMED || next == CANCELLED;
            case CONFIRMED -> next == COMPLETED || next == CANCELLED;
            case COMPLETED, CANCELLED -> false;
        };
    }
}
