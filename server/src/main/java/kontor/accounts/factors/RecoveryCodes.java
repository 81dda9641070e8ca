package kontor.accounts.factors;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import kontor.accounts.sessions.Opaque;
import org.springframework.stereotype.Component;

/**
 * Recovery codes: 120 random bits each, so that a SHA-256 is enough to keep (OWASP ASVS 5.0, 6.5.2). Written in groups of
 * four; capitals, spaces and dashes do not matter.
 */
@Component
class RecoveryCodes {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int HOW_MANY = 10;
    private static final int BYTES = 15;
    private final FactorStore store;

    RecoveryCodes(FactorStore store) {
        this.store = store;
    }

    /** New ones in place of the old. They are not shown again. */
    List<String> replace(long userId) {
        var codes = Stream.generate(RecoveryCodes::random).limit(HOW_MANY).toList();
        store.withdrawRecoveryCodes(userId);
        store.insertRecoveryCodes(
                userId, codes.stream().map(RecoveryCodes::hash).toList());
        return codes;
    }

    boolean use(long userId, String code) {
        return store.useRecoveryCode(userId, hash(code));
    }

    private static byte[] hash(String code) {
        return Opaque.hash(code.toLowerCase(Locale.ROOT).replaceAll("[ -]", ""));
    }

    private static String random() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base32.encode(bytes).toLowerCase(Locale.ROOT).replaceAll("(.{4})(?=.)", "$1-");
    }
}
