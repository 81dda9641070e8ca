package kontor.payments;

import java.util.Locale;

/** How far one attempt to pay has come. {@code UNKNOWN} is a state of its own: the money may have moved. */
public enum PaymentStatus {
    /** On invoice, not paid yet. */
    OPEN,
    CREATED,
    REQUIRES_ACTION,
    AUTHORIZED,
    CAPTURED,
    FAILED,
    VOIDED,
    UNKNOWN;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** As it stands in the database and in answers. */
    public String code() {
        return code;
    }

    public static PaymentStatus ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
