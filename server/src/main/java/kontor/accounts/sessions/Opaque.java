package kontor.accounts.sessions;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Tokens that say nothing: 256 random bits in base64url, of which the database keeps the SHA-256 alone. That is enough:
 * nobody finds so many bits by trying.
 */
public final class Opaque {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

    private Opaque() {}

    /** A new one, of 43 characters. */
    public static String random() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return text(bytes);
    }

    /** Whether it could be one of ours. */
    public static boolean isWellFormed(String token) {
        return FORM.matcher(token).matches();
    }

    /** What is kept of a token. */
    public static byte[] hash(String token) {
        return sha256().digest(token.getBytes(StandardCharsets.UTF_8));
    }

    /** Random bytes that never leave the server. */
    static byte[] seed() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** A second token that follows from one, for another purpose; who has it cannot get back to the first. */
    static String derived(String token, String purpose) {
        return derived(purpose.getBytes(StandardCharsets.UTF_8), token);
    }

    /** A token that follows from these, each of which it takes to make it again. */
    static String derived(byte[] seed, String... parts) {
        var digest = sha256();
        digest.update(seed);
        for (var part : parts) {
            digest.update((byte) 0);
            digest.update(part.getBytes(StandardCharsets.UTF_8));
        }
        return text(digest.digest());
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
