package kontor.accounts;

import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import kontor.accounts.LoginResult.TicketOver;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.WrongPasskey;
import kontor.accounts.LoginResult.WrongSecondFactor;
import kontor.accounts.LoginTickets.Ticket;
import kontor.accounts.factors.Assertion;
import kontor.accounts.factors.FactorKind;
import kontor.accounts.factors.Factors;
import kontor.accounts.factors.PasskeyOptions;
import kontor.accounts.factors.Passkeys;
import kontor.accounts.factors.Passkeys.Purpose;
import kontor.accounts.factors.Passkeys.Shown;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Opaque;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Logins that a second factor finishes, and those with a passkey alone. Every look at a code or a passkey is a try. The
 * ticket, the code and the session are one transaction: a wrong code leaves the ticket, and the right one has one winner.
 */
@Service
public class SecondSteps {
    static final String FACTOR = "factor";
    private final Logins logins;
    private final LoginTickets tickets;
    private final Factors factors;
    private final Passkeys passkeys;
    private final AccountStore store;
    private final Throttle throttle;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    SecondSteps(
            Logins logins,
            LoginTickets tickets,
            Factors factors,
            Passkeys passkeys,
            AccountStore store,
            Throttle throttle,
            AuditLog log,
            TransactionTemplate transaction) {
        this.logins = logins;
        this.tickets = tickets;
        this.factors = factors;
        this.passkeys = passkeys;
        this.store = store;
        this.throttle = throttle;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * By a code of an authenticator app, or a recovery code.
     *
     * @throws kontor.web.Refusal 429 when there were too many tries without success
     */
    public LoginResult byCode(String ticket, String code, Client client) {
        var asked = tickets.read(ticket);
        if (asked.isEmpty()) return new TicketOver();
        try (var attempt = throttle.admit(FACTOR, asked.get().userId(), client)) {
            var userId = asked.get().userId();
            return told(userId, attempt, finish(ticket, asked.get(), () -> factors.useCode(userId, code), client));
        }
    }

    /** By a passkey that was asked for with {@link #options(String)}. */
    public LoginResult byPasskey(String ticket, Assertion assertion, Client client) {
        var asked = tickets.read(ticket);
        if (asked.isEmpty()) return new TicketOver();
        try (var attempt = throttle.admit(FACTOR, asked.get().userId(), client)) {
            var userId = asked.get().userId();
            var methods = passkeys.verify(assertion, Purpose.SECOND_FACTOR, userId, nameOf(ticket))
                    .map(Shown::methods)
                    .orElse(Set.of());
            return told(userId, attempt, finish(ticket, asked.get(), () -> methods, client));
        }
    }

    /** What the one who holds a ticket can show; nothing when the ticket is not good. */
    public Set<FactorKind> kinds(String ticket) {
        return tickets.read(ticket).map(asked -> factors.kinds(asked.userId())).orElse(Set.of());
    }

    /** What to ask the browser for; nothing when the ticket is not good. */
    public Optional<PasskeyOptions.Request> options(String ticket) {
        return tickets.read(ticket)
                .map(asked -> passkeys.request(Purpose.SECOND_FACTOR, asked.userId(), nameOf(ticket)));
    }

    /** @param shown how a second factor was shown, in the words of RFC 8176; nothing when it was not good */
    private LoginResult finish(String ticket, Ticket asked, Supplier<Set<String>> shown, Client client) {
        var result = transaction.execute(status -> {
            if (!tickets.use(ticket) || store.isShut(asked.userId())) return new TicketOver();
            var second = shown.get();
            if (second.isEmpty()) {
                status.setRollbackOnly();
                return new WrongSecondFactor();
            }
            var methods = new LinkedHashSet<>(asked.methods());
            methods.addAll(second);
            return logins.open(asked.userId(), methods, asked.kind(), client);
        });
        return Objects.requireNonNull(result, "a transaction gave no answer");
    }

    private LoginResult told(long userId, Throttle.Try attempt, LoginResult result) {
        if (result instanceof Welcome) attempt.succeeded();
        else if (result instanceof WrongSecondFactor)
            log.recordRefused(Act.of("login.second_factor", "user:" + userId));
        return result;
    }

    /** By a passkey alone, which has verified its user. */
    public LoginResult byPasskey(Assertion assertion, SessionKind kind, Client client) {
        var owner = passkeys.claimedOwner(assertion);
        try (var attempt = owner.isPresent()
                ? throttle.admit("passkey", owner.getAsLong(), client)
                : throttle.admit("passkey:" + assertion.id(), client)) {
            var shown = passkeys.verify(assertion);
            if (shown.isEmpty()) {
                log.recordRefused(Act.of("login.passkey", subject(owner.isPresent() ? owner.getAsLong() : null)));
                return new WrongPasskey();
            }
            attempt.succeeded();
            return logins.letIn(shown.get().userId(), shown.get().methods(), kind, client);
        }
    }

    private static @Nullable String subject(@Nullable Long userId) {
        return userId == null ? null : "user:" + userId;
    }

    /** What a ticket is called where it must not stand itself. */
    private static String nameOf(String ticket) {
        return HexFormat.of().formatHex(Opaque.hash(ticket));
    }
}
