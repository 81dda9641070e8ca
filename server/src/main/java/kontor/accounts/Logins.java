package kontor.accounts;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kontor.accounts.AccountStore.Credentials;
import kontor.accounts.LoginResult.EmailUnverified;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets people in who show who they are. */
@Service
public class Logins {
    private static final Logger log = LoggerFactory.getLogger(Logins.class);
    private static final Set<String> BY_PASSWORD = Set.of("pwd");
    private final AccountStore store;
    private final Passwords passwords;
    private final Sessions sessions;
    private final Throttle throttle;
    private final ObjectProvider<Directory> directory;
    private final Factors factors;
    private final LoginTickets tickets;
    private final AuditLog acts;
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
        this.acts = log;
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
                    || isShut(account.get().user())) return wrong(account);
            var user = account.get().user();
            attempt.succeeded();
            if (user.state() == UserState.UNVERIFIED) return new EmailUnverified();
            var kept = rehashedWhenOutdated(user.id(), hash, candidate);
            return letIn(user.id(), BY_PASSWORD, kind, client, kept);
        }
    }

    /**
     * Opens the session of somebody who has shown who they are in one way or another; or, if they have a second factor and
     * have not shown several, gives them a ticket to come back with it.
     *
     * @param methods how, in the words of RFC 8176; with {@code mfa} nothing more is asked for
     */
    public LoginResult letIn(long userId, Set<String> methods, SessionKind kind, Client client) {
        return letIn(userId, methods, kind, client, null);
    }

    private LoginResult letIn(
            long userId, Set<String> methods, SessionKind kind, Client client, @Nullable String passwordHash) {
        var kinds = methods.contains(Sessions.SEVERAL_FACTORS) ? Set.<FactorKind>of() : factors.kinds(userId);
        if (kinds.isEmpty()) return open(userId, methods, kind, client, passwordHash);
        return requireNonNull(transaction.execute(_ ->
                store.holdsStill(userId, passwordHash) ? tickets.issue(userId, methods, kind, kinds) : new Wrong()));
    }

    /** The same when all that is asked for has been shown. */
    LoginResult open(long userId, Set<String> methods, SessionKind kind, Client client) {
        return open(userId, methods, kind, client, null);
    }

    /** Nobody is let in by a password that has been changed while it was compared, nor who was shut out meanwhile. */
    private LoginResult open(
            long userId, Set<String> methods, SessionKind kind, Client client, @Nullable String passwordHash) {
        return requireNonNull(transaction.execute(_ -> {
            if (!store.holdsStill(userId, passwordHash)) return new Wrong();
            var loggedIn = sessions.open(userId, kind, methods, client);
            acts.record(Act.of("login.done", "user:" + userId)
                    .by("user:" + userId)
                    .with(Map.of("sid", loggedIn.session(), "kind", kind, "methods", methods)));
            // A program has no browser to remember, and would crowd out those that its user has.
            var device = kind == SessionKind.COOKIE ? sessions.rememberDevice(userId, client) : null;
            return new Welcome(loggedIn, device);
        }));
    }

    /** When there is too much to hash right now, the next login does it. */
    private String rehashedWhenOutdated(long userId, String hash, String password) {
        if (!passwords.isOutdated(hash)) return hash;
        try {
            var stronger = passwords.hash(password);
            store.rehash(userId, hash, stronger);
            return stronger;
        } catch (Refusal e) {
            log.debug("The password of user {} is hashed anew another time: {}", userId, e.getMessage());
            return hash;
        }
    }

    /** What was typed as the address is not recorded: it may be the password. */
    private Wrong wrong(Optional<Credentials> account) {
        var subject = account.map(known -> "user:" + known.user().id()).orElse(null);
        acts.recordRefused(Act.of("login.failed", subject));
        return new Wrong();
    }

    private static boolean isShut(User user) {
        return switch (user.state()) {
            case ACTIVE, UNVERIFIED -> false;
            case DISABLED, ERASED -> true;
        };
    }
}
