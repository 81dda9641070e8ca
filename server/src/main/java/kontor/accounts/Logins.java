package kontor.accounts;

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
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Lets people in who show who they are. */
@Service
public class Logins {
    private static final Set<String> BY_PASSWORD = Set.of("pwd");
    private final AccountStore store;
    private final Passwords passwords;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Factors factors;
    private final LoginTickets tickets;

    Logins(
            AccountStore store,
            Passwords passwords,
            Sessions sessions,
            Throttle throttle,
            Factors factors,
            LoginTickets tickets) {
        this.store = store;
        this.factors = factors;
        this.tickets = tickets;
        this.passwords = passwords;
        this.sessions = sessions;
        this.throttle = throttle;
    }

    /**
     * By e-mail address and password. An unknown address takes as long as a wrong password, and both are told alike.
     *
     * @throws Refusal 429 when there were too many tries without success, 503 when too many are signing in
     */
    public LoginResult byPassword(@Nullable String email, @Nullable String password, SessionKind kind, Client client) {
        var address = email == null ? "" : email;
        try (var attempt = throttle.admit(address, client)) {
            var account = EmailAddress.isValid(address) ? store.credentials(address) : Optional.<Credentials>empty();
            var hash = account.map(Credentials::passwordHash).orElse(null);
            var candidate = password == null ? "" : password;
            if (!passwords.match(candidate, hash) || hash == null) return new Wrong();
            var user = account.get().user();
            if (account.get().isShut()) return new Wrong();
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
        var factors = methods.contains(Sessions.SEVERAL_FACTORS) ? Set.<FactorKind>of() : this.factors.kinds(userId);
        return factors.isEmpty() ? open(userId, methods, kind, client) : tickets.issue(userId, methods, kind, factors);
    }

    /** The same when all that is asked for has been shown. */
    LoginResult open(long userId, Set<String> methods, SessionKind kind, Client client) {
        var loggedIn = sessions.open(userId, kind, methods, client);
        return new Welcome(loggedIn, sessions.rememberDevice(userId, client));
    }
}
