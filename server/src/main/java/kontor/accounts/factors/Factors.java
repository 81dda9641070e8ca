package kontor.accounts.factors;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import kontor.accounts.sessions.Sessions;
import kontor.secrets.Secrets;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The second factors of users: which there are, and whether a code is good. */
@Component
public class Factors {
    private static final Set<String> BY_APP = Set.of("otp", Sessions.SEVERAL_FACTORS);
    // RFC 8176 has no word for codes that were written down.
    private static final Set<String> BY_RECOVERY_CODE = Set.of("recovery", Sessions.SEVERAL_FACTORS);
    private final FactorStore store;
    private final PasskeyStore passkeys;
    private final RecoveryCodes recoveryCodes;
    private final Secrets secrets;

    Factors(FactorStore store, PasskeyStore passkeys, RecoveryCodes recoveryCodes, Secrets secrets) {
        this.store = store;
        this.passkeys = passkeys;
        this.recoveryCodes = recoveryCodes;
        this.secrets = secrets;
    }

    /**
     * What a user has enrolled.
     *
     * @param totp null without an authenticator app
     * @param recoveryCodesLeft of ten
     */
    @Schema(name = "SecondFactors")
    record Enrolled(@Nullable App totp, List<Passkey> passkeys, int recoveryCodesLeft) {
        /** An authenticator app. */
        record App(Instant createdAt, @Nullable Instant lastUsedAt) {}
    }

    /** Empty for whom no login asks for a second factor. */
    public Set<FactorKind> kinds(long userId) {
        return store.kinds(userId);
    }

    Enrolled list(long userId) {
        var app = store.app(userId)
                .filter(FactorStore.App::isConfirmed)
                .map(found -> new Enrolled.App(found.createdAt(), found.lastUsedAt()))
                .orElse(null);
        return new Enrolled(app, passkeys.list(userId), store.recoveryCodesLeft(userId));
    }

    /**
     * Uses up the code that an authenticator app shows now, or a recovery code: of many who bring it one is let through.
     *
     * @return how that shows who the user is, in the words of RFC 8176; nothing for a code that is not good
     */
    public Set<String> useCode(long userId, String code) {
        var digits = code.replace(" ", "");
        if (Totp.isWellFormed(digits)) return useAppCode(userId, digits) ? BY_APP : Set.of();
        return !store.kinds(userId).isEmpty() && recoveryCodes.use(userId, code) ? BY_RECOVERY_CODE : Set.of();
    }

    private boolean useAppCode(long userId, String code) {
        var app = store.app(userId).filter(FactorStore.App::isConfirmed).orElse(null);
        if (app == null) return false;
        var step = Totp.stepOf(code, open(userId, app.sealedSecret()), Instant.now());
        return step.isPresent() && store.use(userId, app.sealedSecret(), step.getAsLong());
    }

    String seal(long userId, byte[] secret) {
        return secrets.seal(context(userId), secret);
    }

    byte[] open(long userId, String sealedSecret) {
        return secrets.open(context(userId), sealedSecret);
    }

    private static String context(long userId) {
        return FactorStore.SECRETS.context(userId);
    }
}
