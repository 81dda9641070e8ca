package kontor.payments.stripe;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Stripe-Signature} header, {@code t=seconds,v1=hex,…}: HMAC-SHA256 over {@code t}, a dot and the body's
 * bytes (https://docs.stripe.com/webhooks#verify-manually).
 *
 * <p>Stricter than the SDK: a time ahead of ours is refused as well, and during a rotation every signature is tried
 * with every secret.
 */
final class StripeSignatures {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int LONGEST_HEADER = 4096;

    private final List<SecretKeySpec> secrets;

    StripeSignatures(List<String> secrets) {
        this.secrets = secrets.stream()
                .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
                .toList();
    }

    /** @return why the message is not to be believed; {@code null} when it is genuine */
    @Nullable
    String objection(byte[] body, @Nullable String header, Instant now) {
        if (header == null || header.length() > LONGEST_HEADER) return "no signature";
        String time = null;
        var signatures = new ArrayList<byte[]>();
        for (var part : header.split(",", -1)) {
            var pair = part.split("=", 2);
            if (pair.length != 2) return "the signature header is malformed";
            switch (pair[0].strip()) {
                case "t" -> {
                    if (time != null) return "two timestamps";
                    time = pair[1];
                }
                case "v1" -> signatures.add(pair[1].getBytes(StandardCharsets.UTF_8));
                default -> {} // v0 and whatever comes next are not what we agreed on
            }
        }
        if (time == null || !time.matches("[0-9]{1,12}")) return "no timestamp";
        if (signatures.isEmpty()) return "no v1 signature";
        if (!isSigned(body, time, signatures)) return "no signature matches";
        var age = Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), now);
        return age.abs().compareTo(TOLERANCE) > 0 ? "the timestamp is " + age.toSeconds() + " s old" : null;
    }

    /** Looks at every pair, whether one has matched or not, so that the time it takes tells nothing. */
    private boolean isSigned(byte[] body, String time, List<byte[]> signatures) {
        var signed = false;
        for (var secret : secrets) {
            var expected = signature(secret, time, body);
            for (var signature : signatures) signed |= MessageDigest.isEqual(expected, signature);
        }
        return signed;
    }

    private static byte[] signature(SecretKeySpec secret, String time, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
