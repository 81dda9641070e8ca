package kontor.accounts.factors;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Codes of authenticator apps: RFC 6238 with SHA-1, steps of 30 seconds and 6 digits, which every app knows. */
final class Totp {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 20; // as RFC 4226 section 4 recommends
    private static final int STEP_SECONDS = 30;
    private static final int WINDOW = 1; // a step to each side, for clocks that differ and people who type slowly
    private static final int MODULUS = 1_000_000;
    private static final Pattern FORM = Pattern.compile("[0-9]{6}");

    private Totp() {}

    static byte[] newSecret() {
        var secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return secret;
    }

    /** Whether a text is written as a code is. */
    static boolean isWellFormed(String code) {
        return FORM.matcher(code).matches();
    }

    static long stepAt(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), STEP_SECONDS);
    }

    /** The step that this is the code of; nothing when it is that of none in the window. */
    static OptionalLong stepOf(String code, byte[] secret, Instant now) {
        var given = code.getBytes(StandardCharsets.UTF_8);
        var found = OptionalLong.empty();
        for (var step = stepAt(now) - WINDOW; step <= stepAt(now) + WINDOW; step++)
            if (MessageDigest.isEqual(code(secret, step).getBytes(StandardCharsets.UTF_8), given))
                found = OptionalLong.of(step);
        return found;
    }

    /** RFC 4226 section 5.3, with the step as the counter. */
    static String code(byte[] secret, long step) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            var offset = hash[hash.length - 1] & 0xF;
            var number = ByteBuffer.wrap(hash).getInt(offset) & Integer.MAX_VALUE;
            return "%06d".formatted(number % MODULUS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA1", e);
        }
    }

    /** What apps read out of the QR code. */
    static String uri(String service, String account, byte[] secret) {
        return "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=%d"
                .formatted(encoded(service), encoded(account), Base32.encode(secret), encoded(service), STEP_SECONDS);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
