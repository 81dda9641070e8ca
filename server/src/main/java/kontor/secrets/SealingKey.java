package kontor.secrets;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.IntStream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that secrets are sealed with.
 *
 * @param id its name in sealed texts and in the database, which follows from the key and gives nothing of it away
 */
record SealingKey(String id, SecretKey key) {
    private static final int LENGTH = 32;
    private static final int FEWEST_DIFFERENT = 12; // 32 drawn bytes have 30 different values, and never so few
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * @param base64 of 32 bytes
     * @throws IllegalArgumentException when it is none, or one that was not drawn at random; the message does not show it
     */
    static SealingKey of(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not written in base64", e);
        }
        if (bytes.length != LENGTH)
            throw new IllegalArgumentException("has %d bytes and not %d".formatted(bytes.length, LENGTH));
        if (differentIn(bytes) < FEWEST_DIFFERENT || repeats(bytes))
            throw new IllegalArgumentException("repeats itself, and was not drawn at random");
        if (isText(bytes)) throw new IllegalArgumentException("is a text, and was not drawn at random");
        return new SealingKey(idOf(bytes), new SecretKeySpec(bytes, "AES"));
    }

    /** @return a new one, as {@link #of} reads it */
    static String draw() {
        var bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static long differentIn(byte[] bytes) {
        return IntStream.range(0, bytes.length).map(i -> bytes[i]).distinct().count();
    }

    private static boolean repeats(byte[] bytes) {
        return Arrays.equals(bytes, 0, LENGTH / 2, bytes, LENGTH / 2, LENGTH);
    }

    /** Typed by somebody, or copied out of a document. Of drawn keys one in 10^13 would look like it. */
    private static boolean isText(byte[] bytes) {
        return IntStream.range(0, bytes.length).allMatch(i -> bytes[i] >= ' ' && bytes[i] <= '~');
    }

    private static String idOf(byte[] key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("kontor sealing key".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(key), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "SealingKey[" + id + "]";
    }
}
