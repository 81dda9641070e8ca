package kontor.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals what has to be kept secret and be readable again: AES-256-GCM (NIST SP 800-38D) with a nonce drawn for each. The
 * context says whose secret it is; it is not part of the sealed text, and nothing opens in another one, so that a sealed
 * text that is copied into somebody else's row is worth nothing there.
 */
public class Secrets {
    private static final String FORM = "s1";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SealingKeys keys;

    Secrets(SealingKeys keys) {
        this.keys = keys;
    }

    /**
     * @param context table, column and row, such as {@code factors.totp.secret:17}
     * @return ASCII without spaces: 40 characters, and 4 for every 3 bytes of the secret
     */
    public String seal(String context, byte[] secret) {
        var key = keys.newest();
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(secret);
            var whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
            return FORM + "." + key.id() + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A secret cannot be sealed", e);
        }
    }

    /** The name of the key that seals. */
    String newestKey() {
        return keys.newest().id();
    }

    /** What everything begins with that this key has sealed. */
    static String beginningWith(String key) {
        return FORM + "." + key + ".";
    }

    /** The same of a text. */
    public String sealText(String context, String secret) {
        return seal(context, secret.getBytes(UTF_8));
    }

    /**
     * @param context the one that it was sealed in
     * @throws CannotOpen when it was altered or comes from another context, or its key is not there
     */
    public byte[] open(String context, String sealed) {
        var parts = sealed.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(FORM)) throw new CannotOpen(context, "it is no sealed text");
        var key = keys.called(parts[1])
                .orElseThrow(() -> new CannotOpen(context, "there is no key %s".formatted(parts[1])));
        try {
            var whole = Base64.getUrlDecoder().decode(parts[2]);
            if (whole.length < NONCE_BYTES + TAG_BITS / 8) throw new CannotOpen(context, "it is cut off");
            var nonce = Arrays.copyOf(whole, NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, key, nonce, context)
                    .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CannotOpen(context, "it was altered, or is another row's");
        }
    }

    /** The same of a text. */
    public String openText(String context, String sealed) {
        return new String(open(context, sealed), UTF_8);
    }

    private static Cipher cipher(int mode, SealingKey key, byte[] nonce, String context)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((FORM + "." + key.id() + "." + context).getBytes(UTF_8));
        return cipher;
    }

    /** What was sealed cannot be read: somebody has written to the database past the server, or a key was taken away. */
    public static final class CannotOpen extends RuntimeException {
        private CannotOpen(String context, String why) {
            super("The secret of %s cannot be opened: %s".formatted(context, why));
        }
    }
}
