package kontor.accounts;

import java.util.Set;
import kontor.accounts.StepUpResult.FactorRequired;
import kontor.accounts.StepUpResult.Fresh;
import kontor.accounts.StepUpResult.WrongFactor;
import kontor.accounts.StepUpResult.WrongPassword;
import kontor.accounts.factors.Assertion;
import kontor.accounts.factors.Factors;
import kontor.accounts.factors.PasskeyOptions;
import kontor.accounts.factors.Passkeys;
import kontor.accounts.factors.Passkeys.Purpose;
import kontor.accounts.factors.Passkeys.Shown;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Sessions;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Login;
import org.springframework.stereotype.Component;

/** People who show once more who they are, in the session that they have: with their second factor, if they have one. */
@Component
class StepUps {
    private final AccountStore store;
    private final Passwords passwords;
    private final Factors factors;
    private final Passkeys passkeys;
    private final Sessions sessions;
    private final Throttle throttle;
    private final AuditLog log;

    StepUps(
            AccountStore store,
            Passwords passwords,
            Factors factors,
            Passkeys passkeys,
            Sessions sessions,
            Throttle throttle,
            AuditLog log) {
        this.store = store;
        this.passwords = passwords;
        this.factors = factors;
        this.passkeys = passkeys;
        this.sessions = sessions;
        this.throttle = throttle;
        this.log = log;
    }

    /** @throws kontor.web.Refusal 429 when there were too many tries without success */
    StepUpResult byPassword(long userId, Login login, String password, Client client) {
        var kinds = factors.kinds(userId);
        if (!kinds.isEmpty()) return new FactorRequired(kinds);
        var email = store.find(userId).orElseThrow().email();
        try (var attempt = throttle.admit(email, client)) {
            var hash = store.credentials(email).orElseThrow().passwordHash();
            if (!passwords.match(password, hash) || hash == null) return refused(userId, new WrongPassword());
            attempt.succeeded();
            return fresh(login, Set.of("pwd"));
        }
    }

    StepUpResult byCode(long userId, Login login, String code, Client client) {
        try (var attempt = throttle.admit(SecondSteps.FACTOR, userId, client)) {
            var methods = factors.useCode(userId, code);
            if (methods.isEmpty()) return refused(userId, new WrongFactor());
            attempt.succeeded();
            return fresh(login, methods);
        }
    }

    /** By a passkey that was asked for with {@link #options}. */
    StepUpResult byPasskey(long userId, Login login, Assertion assertion, Client client) {
        try (var attempt = throttle.admit(SecondSteps.FACTOR, userId, client)) {
            var shown = passkeys.verify(assertion, Purpose.STEP_UP, userId, boundTo(login));
            if (shown.isEmpty()) return refused(userId, new WrongFactor());
            attempt.succeeded();
            return fresh(login, shown.map(Shown::methods).orElseThrow());
        }
    }

    PasskeyOptions.Request options(long userId, Login login) {
        return passkeys.request(Purpose.STEP_UP, userId, boundTo(login));
    }

    private StepUpResult fresh(Login login, Set<String> methods) {
        sessions.authenticatedAgain(login.session(), methods.toArray(String[]::new));
        return new Fresh();
    }

    private StepUpResult refused(long userId, StepUpResult why) {
        log.recordRefused(Act.of("login.step_up", "user:" + userId));
        return why;
    }

    private static String boundTo(Login login) {
        return login.session().toString();
    }
}
