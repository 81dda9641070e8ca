package kontor.payments.adyen;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * How operations and payments are called. Adyen names a payment only once it is authorized or refused; until then it goes
 * by the reference that we gave it, which is the key of the operation that began it.
 */
final class AdyenNames {
    /** https://docs.adyen.com/development-resources/api-idempotency: "a maximum of 64 characters". */
    private static final int LONGEST_KEY = 64;

    private static final int LONGEST_REFERENCE = 80;
    private static final String OURS = "reference:";
    private static final Pattern PSP_REFERENCE = Pattern.compile("[A-Za-z0-9]{1,80}");

    private AdyenNames() {}

    /** Of a payment that has no name at Adyen yet. */
    static String byOurReference(String operationKey) {
        return OURS + operationKey;
    }

    static boolean isOurReference(String gatewayReference) {
        return gatewayReference.startsWith(OURS);
    }

    static String ourReferenceIn(String gatewayReference) {
        return gatewayReference.substring(OURS.length());
    }

    /** Whether it can stand in a path. */
    static boolean isPspReference(String gatewayReference) {
        return PSP_REFERENCE.matcher(gatewayReference).matches();
    }

    /** What an operation's messages are known by: its beginning names the operation, also where it was longer. */
    static String referenceOf(String operationKey) {
        return operationKey.length() <= LONGEST_REFERENCE ? operationKey : operationKey.substring(0, LONGEST_REFERENCE);
    }

    /** The idempotency key: a longer one is replaced by its digest, which is as much its own. */
    static String idempotencyKeyOf(String operationKey) {
        return operationKey.length() <= LONGEST_KEY ? operationKey : digest(operationKey);
    }

    static String digest(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
