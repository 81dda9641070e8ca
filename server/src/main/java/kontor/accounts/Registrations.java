package kontor.accounts;

import java.net.URI;
import java.util.List;
import kontor.accounts.RegisterResult.EmailTaken;
import kontor.accounts.RegisterResult.Registered;
import kontor.accounts.sessions.Client;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Problem;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests to open an account, which may be repeated under their key.
 *
 * <p>The password stays out of the key's fingerprint: a SHA-256 over it would be a second hash of the password, and one
 * that is guessed at in no time. Instead a repetition has to have the password that the account has. So a guest who
 * guesses another's key, name and address is told nothing either.
 */
@Component
class Registrations {
    private final Accounts accounts;
    private final Idempotency idempotency;
    private final DirectoryAddresses directory;
    private final Throttle throttle;
    private final Verifications verifications;
    private final PasswordResets resets;
    private final AuditLog log;
    private final UserSettings settings;
    private final TransactionTemplate transaction;

    Registrations(
            Accounts accounts,
            Idempotency idempotency,
            DirectoryAddresses directory,
            Throttle throttle,
            Verifications verifications,
            PasswordResets resets,
            AuditLog log,
            UserSettings settings,
            TransactionTemplate transaction) {
        this.accounts = accounts;
        this.idempotency = idempotency;
        this.directory = directory;
        this.throttle = throttle;
        this.verifications = verifications;
        this.resets = resets;
        this.log = log;
        this.settings = settings;
        this.transaction = transaction;
    }

    /** What of a request goes into its fingerprint. */
    private record WithoutPassword(String name, String email) {}

    /**
     * @param keys the values of the Idempotency-Key header; may be empty
     * @throws Refusal 429 when its password was guessed at too often, 422 for a registration that breaks a rule, or a key
     *     that stands for another one, 403 {@code registration_closed}
     */
    ResponseEntity<?> answer(Registration registration, Caller caller, List<String> keys, Client client) {
        if (caller.may(AccountController.EDIT))
            return registration.password() == null
                    ? invite(registration, caller, keys)
                    : open(registration, caller, keys, client);
        return switch (settings.registration()) {
            case OPEN -> open(registration, caller, keys, client);
            case VERIFIED -> openWhenVerified(registration, caller, keys, client);
            case CLOSED ->
                throw new Refusal(
                        HttpStatus.FORBIDDEN, "registration_closed", "Accounts are opened by the shop's staff here.");
        };
    }

    /** The person chooses a password by a link that is mailed to them. */
    private ResponseEntity<?> invite(Registration registration, Caller caller, List<String> keys) {
        var wanted = registration.invitation();
        directory.refuseTo(wanted.email());
        var key = idempotency.optional(keys, caller.principal(), "POST /users", wanted);
        return idempotency.once(
                key,
                () -> transaction.execute(_ -> {
                    var result = accounts.invite(wanted);
                    if (result instanceof Registered(var user)) {
                        resets.invite(user);
                        log.record(Act.of("users.invite", "user:" + user.id()));
                    }
                    return answer(result);
                }));
    }

    /**
     * The answer, and the work for it, is the same for an address that is taken. A repetition under a key is not asked for
     * its password here: it is told nothing.
     */
    private ResponseEntity<?> openWhenVerified(
            Registration registration, Caller caller, List<String> keys, Client client) {
        var wanted = registration.checked();
        directory.refuseTo(wanted.email());
        var key = idempotency.optional(
                keys,
                caller.principal(wanted.email()),
                "POST /users",
                new WithoutPassword(wanted.name(), wanted.email()));
        throttle.admitMailRequest(client);
        var hash = accounts.hash(wanted); // takes long, so not inside the transaction
        return idempotency.once(key, () -> {
            verifications.register(wanted, hash);
            return ResponseEntity.accepted().build();
        });
    }

    private ResponseEntity<?> open(Registration registration, Caller caller, List<String> keys, Client client) {
        var wanted = registration.checked();
        directory.refuseTo(wanted.email());
        var key = idempotency.optional(
                keys,
                caller.principal(wanted.email()),
                "POST /users",
                new WithoutPassword(wanted.name(), wanted.email()));
        var hash = accounts.hash(wanted); // takes long, so not inside the transaction
        var answer = idempotency.once(key, () -> answer(accounts.register(wanted, hash)));
        if (Idempotency.isReplayed(answer) && !isTheirs(wanted, client)) throw Idempotency.reused();
        return answer;
    }

    private boolean isTheirs(Registration.Checked wanted, Client client) {
        try (var attempt = throttle.admit(wanted.email(), client)) {
            if (!accounts.isPassword(wanted.email(), wanted.password())) return false;
            attempt.succeeded();
            return true;
        }
    }

    private static ResponseEntity<?> answer(RegisterResult result) {
        return switch (result) {
            case Registered(var user) ->
                ResponseEntity.created(URI.create("/users/" + user.id())).body(user);
            case EmailTaken() ->
                Problem.of(HttpStatus.CONFLICT, "email_taken", "There is an account with this e-mail address already.");
        };
    }
}
