package kontor.simulator;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a stored card does, as its name says: {@code test_card}, then any of {@code _3ds}, {@code _pending} and {@code
 * _refused_12}, in this order, or {@code _capture_fails} or {@code _refund_fails}. Numbers are Adyen's reason codes.
 *
 * @param authenticates asks the buyer for 3-D Secure first
 * @param pending the bank takes its time: a message tells what it said
 * @param refusal how the bank refuses it then; {@code null} when it pays
 * @param captureFails what was captured is taken back
 * @param refundFails what was refunded comes back
 */
record AdyenCard(
        boolean authenticates, boolean pending, @Nullable Integer refusal, boolean captureFails, boolean refundFails) {
    private static final Pattern NAME =
            Pattern.compile("test_card(_3ds)?(_pending)?(?:_refused_([0-9]{1,2}))?(_capture_fails)?(_refund_fails)?");

    static final int REFUSED = 2;
    static final int AUTHENTICATION_FAILED = 11;
    static final int AUTHENTICATION_REQUIRED = 38;

    /** @return {@code null} when there is no such card */
    static @Nullable AdyenCard of(String name) {
        var words = NAME.matcher(name);
        if (!words.matches()) return null;
        return new AdyenCard(
                words.group(1) != null,
                words.group(2) != null,
                words.group(3) == null ? null : Integer.valueOf(words.group(3)),
                words.group(4) != null,
                words.group(5) != null);
    }

    AdyenCard refusing(int reason) {
        return new AdyenCard(authenticates, pending, reason, captureFails, refundFails);
    }

    AdyenCard authenticating() {
        return new AdyenCard(true, pending, refusal, captureFails, refundFails);
    }

    /** Adyen's words for a reason, after https://docs.adyen.com/development-resources/refusal-reasons. */
    static String reason(int code) {
        return switch (code) {
            case 5 -> "Blocked Card";
            case 6 -> "Expired Card";
            case 7 -> "Invalid Amount";
            case 8 -> "Invalid Card Number";
            case 9 -> "Issuer Unavailable";
            case AUTHENTICATION_FAILED -> "3D Not Authenticated";
            case 12 -> "Not enough balance";
            case 20 -> "FRAUD";
            case 24 -> "CVC Declined";
            case AUTHENTICATION_REQUIRED -> "Authentication required";
            default -> "Refused";
        };
    }
}
