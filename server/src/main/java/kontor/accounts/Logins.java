package kontor.accounts;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kontor.accounts.AccountStore.Credentials;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.Wrong;
import kontor.accounts.factors.FactorKind;
import kontor.accounts.factors.Factors;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.sessions.Sessions;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets people in who show who they are. */
@Service
public class Logins {
    private static final Set<String> BY_PASSWORD = Set.of("pwd");
    private final AccountStore store;
    private final Passwords passwords;
    private final Sessions sessions;
    private final Throttle throttle;
    private final ObjectProvider<Directory> directory;
    private final Factors factors;
    private final LoginTickets tickets;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    Logins(
            AccountStore store,
            Passwords passwords,
            Sessions sessions,
            Throttle throttle,
            ObjectProvider<Directory> directory,
            Factors factors,
            LoginTickets tickets,
            AuditLog log,
            TransactionTemplate transaction) {
        this.store = store;
        this.factors = factors;
        this.tickets = tickets;
        this.passwords = passwords;
        this.sessions = sessions;
        this.throttle = throttle;
        this.directory = directory;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * By e-mail address and password. An unknown address takes as long as a wrong password, and both are told alike. Names
     * that are no addresses are the {@link Directory}'s.
     *
     * @throws Refusal 429 when there were too many tries without success, 503 when too many are signing in
     */
    public LoginResult byPassword(@Nullable String email, @Nullable String password, SessionKind kind, Client client) {
        var address = email == null ? "" : email;
        var elsewhere = directory.getObject();
        if (elsewhere.answersFor(address))
            return elsewhere.byPassword(address, password == null ? "" : password, kind, client);
        try (var attempt = throttle.admit(address, client)) {
            var account = EmailAddress.isValid(address) ? store.credentials(address) : Optional.<Credentials>empty();
            var hash = account.map(Credentials::passwordHash).orElse(null);
            var candidate = password == null ? "" : password;
            if (!passwords.match(candidate, hash)
                    || hash == null
                    || account.get().isShut()) return wrong(account);
            var user = account.get().user();
            attempt.succeeded();
            if (passwords.isOutdated(hash)) store.rehash(user.id(), hash, passwords.hash(candidate));
            return letIn(user.id(), BY_PASSWORD, kind, client);
        }
    }

    /**
     * Opens the session of somebody who has shown who they are in one way or another; or, if they have a second factor and
     * have not shown several, gives them a ticket to come back with it.
     *
     * @param methods how, in the words of RFC 8176; with {@code mfa} nothing more is asked for
     */
    public LoginResult letIn(long userId, Set<String> methods, SessionKind kind, Client client) {
        if (store.isShut(userId)) return new Wrong();
        var kinds = methods.contains(Sessions.SEVERAL_FACTORS) ? Set.<FactorKind>of() : factors.kinds(userId);
        return kinds.isEmpty() ? open(userId, methods, kind, client) : tickets.issue(userId, methods, kind, kinds);
    }

    /** The same when all that is asked for has been shown. */
    LoginResult open(long userId, Set<String> methods, SessionKind kind, Client client) {
        return requireNonNull(transaction.execute(_ -> {
            var loggedIn = sessions.open(userId, kind, methods, client);
            log.record(Act.of("login.done", "user:" + userId)
                    .by("user:" + userId)
                    .with(Map.of("session", loggedIn.session(), "kind", kind, "methods", methods)));
            return new Welcome(loggedIn, sessions.rememberDevice(userId, client));
        }));
    }

    /** What was typed as the address is not recorded: it may be the password. */
    private Wrong wrong(Optional<Credentials> account) {
        var subject = account.map(known -> "user:" + known.user().id()).orElse(null);
        log.recordRefused(Act.of("login.failed", subject));
        return new Wrong();
    }
}
