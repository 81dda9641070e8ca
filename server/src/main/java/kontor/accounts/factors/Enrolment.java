package kontor.accounts.factors;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import kontor.accounts.Administrators;
import kontor.accounts.OpenAccounts;
import kontor.accounts.WaysIn;
import kontor.accounts.factors.EnrolResult.Enrolled;
import kontor.accounts.factors.EnrolResult.NothingBegun;
import kontor.accounts.factors.EnrolResult.Wrong;
import kontor.accounts.sessions.Sessions;
import kontor.web.Login;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Enrols and removes second factors, one change of a user at a time. With the first one come recovery codes, and all other
 * sessions end: they were opened without it. With the last one the recovery codes go.
 */
@Component
class Enrolment {
    private final FactorStore store;
    private final PasskeyStore passkeys;
    private final Factors factors;
    private final RecoveryCodes recoveryCodes;
    private final FactorChanges changes;
    private final OpenAccounts open;
    private final WaysIn waysIn;
    private final Administrators administrators;
    private final FactorSettings settings;
    private final Sessions sessions;
    private final TransactionTemplate transaction;

    Enrolment(
            FactorStore store,
            PasskeyStore passkeys,
            Factors factors,
            RecoveryCodes recoveryCodes,
            FactorChanges changes,
            OpenAccounts open,
            WaysIn waysIn,
            Administrators administrators,
            FactorSettings settings,
            Sessions sessions,
            TransactionTemplate transaction) {
        this.store = store;
        this.passkeys = passkeys;
        this.factors = factors;
        this.recoveryCodes = recoveryCodes;
        this.changes = changes;
        this.open = open;
        this.waysIn = waysIn;
        this.administrators = administrators;
        this.settings = settings;
        this.sessions = sessions;
        this.transaction = transaction;
    }

    /**
     * What an app is told. It is no factor until it has shown a code.
     *
     * @param secret in Base32, for who types it
     * @param uri the same with all that an app has to know
     * @param qrCode the same as a picture, as an address that an {@code <img>} shows
     */
    record NewApp(String secret, String uri, String qrCode) {
        @Override
        public String toString() {
            return "NewApp[]"; // never the secret
        }
    }

    /** @return nothing, and nothing written, when an app is in use already */
    Optional<NewApp> beginApp(long userId) {
        var secret = Totp.newSecret();
        return inTransaction(() -> {
            open.holdAlone(userId);
            if (!store.begin(userId, factors.seal(userId, secret))) return Optional.empty();
            var uri = Totp.uri(settings.serviceName(), store.email(userId), secret);
            return Optional.of(new NewApp(Base32.encode(secret), uri, QrPicture.of(uri)));
        });
    }

    /** Makes a factor of the app, when this is the code that it shows now. */
    EnrolResult confirmApp(long userId, Login login, String code) {
        return inTransaction(() -> {
            open.holdAlone(userId);
            var app = store.app(userId).filter(begun -> !begun.isConfirmed()).orElse(null);
            if (app == null) return new NothingBegun();
            var step = Totp.stepOf(code.replace(" ", ""), factors.open(userId, app.sealedSecret()), Instant.now());
            if (step.isEmpty()) return new Wrong();
            var isFirst = store.kinds(userId).isEmpty();
            if (!store.confirm(userId, app.sealedSecret(), step.getAsLong())) return new NothingBegun();
            return new Enrolled(added(userId, login, FactorKind.TOTP, isFirst, "otp", Sessions.SEVERAL_FACTORS));
        });
    }

    /**
     * What follows from a new factor, inside the transaction that writes it.
     *
     * @param methods how the user has shown it, in the words of RFC 8176
     * @return recovery codes, when it is the first factor
     */
    List<String> added(long userId, Login login, FactorKind kind, boolean isFirst, String... methods) {
        changes.added(userId, kind);
        var codes = isFirst ? recoveryCodes.replace(userId) : List.<String>of();
        if (isFirst) sessions.endAll(userId, login.session(), Sessions.SECOND_FACTOR_CHANGED);
        sessions.authenticatedAgain(login.session(), methods);
        return codes;
    }

    /** @return false when there is none */
    boolean removeApp(long userId) {
        return inTransaction(() -> {
            store.lock(userId);
            if (!store.removeApp(userId)) return false;
            removed(userId, FactorKind.TOTP);
            return true;
        });
    }

    /** @return false when the user has no such passkey. @throws Refusal 409 {@code last_way_in} or {@code last_admin} */
    boolean removePasskey(long userId, long passkeyId) {
        return inTransaction(() -> {
            administrators.awaitTurn();
            store.lock(userId);
            if (!passkeys.remove(userId, passkeyId)) return false;
            waysIn.requireOne(userId);
            administrators.requireOneBehind(userId);
            removed(userId, FactorKind.PASSKEY);
            return true;
        });
    }

    private void removed(long userId, FactorKind kind) {
        changes.removed(userId, kind);
        if (!store.kinds(userId).isEmpty()) return;
        store.withdrawRecoveryCodes(userId);
        sessions.forgetSecondFactor(userId);
    }

    /** @return nothing when the user has no factor that they could stand in for */
    Optional<List<String>> replaceRecoveryCodes(long userId) {
        return inTransaction(() -> {
            open.holdAlone(userId);
            if (store.kinds(userId).isEmpty()) return Optional.empty();
            changes.recoveryCodesReplaced(userId);
            return Optional.of(recoveryCodes.replace(userId));
        });
    }

    /**
     * Takes all factors from somebody who has lost them, and ends their sessions.
     *
     * @return false: no such user
     * @throws Refusal 409 {@code last_way_in} when they could not log in any more, {@code last_admin} when no administrator could
     */
    boolean removeAll(long userId) {
        return inTransaction(() -> {
            administrators.awaitTurn();
            if (!store.lock(userId)) return false;
            store.removeApp(userId);
            if (passkeys.removeAll(userId)) {
                waysIn.requireOneOfUser(userId);
                administrators.requireOneBehind(userId);
            }
            store.withdrawRecoveryCodes(userId);
            sessions.endAll(userId, null, Sessions.STAFF);
            sessions.revokeKeys(userId);
            changes.removedAll(userId);
            return true;
        });
    }

    <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }
}
