package kontor.accounts;

import java.util.List;
import kontor.accounts.notices.SecurityNotices;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Sessions;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Changes the password of somebody who knows the present one. */
@Service
class PasswordChanges {
    private final AccountStore store;
    private final UserChangeStore changes;
    private final Passwords passwords;
    private final PasswordResets resets;
    private final Sessions sessions;
    private final Throttle throttle;
    private final SecurityNotices notices;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    PasswordChanges(
            AccountStore store,
            UserChangeStore changes,
            Passwords passwords,
            PasswordResets resets,
            Sessions sessions,
            Throttle throttle,
            SecurityNotices notices,
            AuditLog log,
            TransactionTemplate transaction) {
        this.store = store;
        this.changes = changes;
        this.passwords = passwords;
        this.resets = resets;
        this.sessions = sessions;
        this.throttle = throttle;
        this.notices = notices;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * Ends all sessions but the one that this is asked with. The browsers of the user stay known.
     *
     * @throws Refusal 403 {@code wrong_password}, 422 for a new one that breaks a rule, 429 after too many wrong ones
     */
    void change(Caller caller, @Nullable String current, @Nullable String wanted, Client client) {
        var account = requirePassword(caller.userId(), current, client);
        var user = account.user();
        var fault = PasswordRules.faultIn(wanted, user.name(), user.email());
        if (wanted == null || fault.isPresent())
            throw fault.map(each -> Refusal.ofFields(List.of(each))).orElseGet(PasswordChanges::wrong);
        var from = account.passwordHash();
        var to = passwords.hash(wanted); // takes long, so not inside the transaction
        transaction.executeWithoutResult(_ -> {
            changes.lock(user.id());
            if (from == null || !changes.changePassword(user.id(), from, to)) throw wrong(); // it has changed meanwhile
            resets.withdrawLinks(user.id());
            var login = caller.login();
            sessions.endAll(user.id(), login == null ? null : login.session(), Sessions.PASSWORD_CHANGED);
            notices.passwordChanged(user.id());
            log.record(Act.of("users.change_password", caller.principal()));
        });
    }

    /**
     * The account of somebody who gives its present password once more.
     *
     * @throws Refusal 403 {@code wrong_password}, 429 after too many wrong ones
     */
    AccountStore.Credentials requirePassword(long userId, @Nullable String current, Client client) {
        try (var attempt = throttle.admit("password", userId, client)) {
            var account = store.credentials(userId).orElseThrow(() -> Refusal.notFound("user"));
            if (!passwords.match(current == null ? "" : current, account.passwordHash())) throw wrong();
            attempt.succeeded();
            return account;
        }
    }

    private static Refusal wrong() {
        return new Refusal(HttpStatus.FORBIDDEN, "wrong_password", "The present password is another one.");
    }
}
