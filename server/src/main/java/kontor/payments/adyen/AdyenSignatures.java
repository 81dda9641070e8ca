package kontor.payments.adyen;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signature that each item of a message carries: HMAC-SHA256, in Base64, over eight of its fields with colons between
 * them (https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures). Whatever else stands
 * in an item is not signed.
 *
 * <p>Stricter than the SDK: the colons are not escaped, so a field that has one itself could be read as two, and is refused;
 * and during a rotation every key is tried.
 */
final class AdyenSignatures {
    private static final int LONGEST_SIGNATURE = 100;

    private final List<SecretKeySpec> keys;

    /** @param keys in hexadecimal */
    AdyenSignatures(List<String> keys) {
        this.keys = keys.stream()
                .map(key -> new SecretKeySpec(HexFormat.of().parseHex(key), "HmacSHA256"))
                .toList();
    }

    /**
     * @param fields what is signed, in Adyen's order
     * @return why the item is not to be believed; {@code null} when it is genuine
     */
    @Nullable
    String objection(List<String> fields, @Nullable String signature) {
        if (signature == null || signature.length() > LONGEST_SIGNATURE) return "no signature";
        if (fields.stream().anyMatch(field -> field.indexOf(':') >= 0)) return "a field with a colon in it";
        var signed = String.join(":", fields).getBytes(StandardCharsets.UTF_8);
        var given = signature.getBytes(StandardCharsets.UTF_8);
        var fits = false;
        // Looks at every key, whether one has matched or not, so that the time it takes tells nothing.
        for (var key : keys) fits |= MessageDigest.isEqual(signature(key, signed), given);
        return fits ? null : "no signature matches";
    }

    private static byte[] signature(SecretKeySpec key, byte[] signed) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return Base64.getEncoder().encode(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
