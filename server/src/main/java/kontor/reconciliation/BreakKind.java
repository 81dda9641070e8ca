package kontor.reconciliation;

import java.util.Locale;
import java.util.Optional;

/** In which way a gateway's books and ours differ. */
enum BreakKind {
    /** The gateway moved money that we do not know of. */
    MISSING_HERE,
    /** We booked what the gateway does not list. */
    MISSING_THERE,
    AMOUNT_DIFFERS,
    CURRENCY_DIFFERS,
    /** The gateway lists twice what we booked once. */
    DUPLICATE;

    private final String code = name().toLowerCase(Locale.ROOT);

    String code() {
        return code;
    }

    static Optional<BreakKind> ofCode(String code) {
        for (var kind : values()) if (kind.code.equals(code)) return Optional.of(kind);
        return Optional.empty();
    }
}
