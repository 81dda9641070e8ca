package kontor.accounts;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import kontor.accounts.LoginResult.TicketOver;
import kontor.accounts.StepUpResult.FactorRequired;
import kontor.accounts.StepUpResult.Fresh;
import kontor.accounts.StepUpResult.WrongFactor;
import kontor.accounts.StepUpResult.WrongPassword;
import kontor.accounts.factors.Assertion;
import kontor.accounts.factors.PasskeyOptions;
import kontor.accounts.factors.Passkeys;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.LoggedIn;
import kontor.accounts.sessions.SessionKind;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.Login;
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import kontor.web.WhileEnrolling;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The second step of a login, logins with a passkey, and showing once more who one is. */
@RestController
@Tag(name = "Login")
class SecondFactorController {
    private static final String OF_ITS_OWN = "Takes no Idempotency-Key: what it takes is good once.";
    private static final String CHALLENGE = "Takes no Idempotency-Key: every challenge is one of its own.";
    private final SecondSteps steps;
    private final StepUps stepUps;
    private final Passkeys passkeys;
    private final LoginAnswers answers;

    SecondFactorController(SecondSteps steps, StepUps stepUps, Passkeys passkeys, LoginAnswers answers) {
        this.steps = steps;
        this.stepUps = stepUps;
        this.passkeys = passkeys;
        this.answers = answers;
    }

    /**
     * One of code and passkey.
     *
     * @param code of an authenticator app, or a recovery code
     */
    record SecondFactor(
            @NotNull @Size(max = 100) @PlainText String ticket,
            @Nullable @Size(max = 100) @PlainText String code,
            @Nullable @Valid Assertion passkey) {
        @Override
        public String toString() {
            return "SecondFactor[]"; // whoever has the ticket and the code is the user
        }
    }

    /** @param ticket of a login that waits for its second factor; without one, any passkey of ours will do */
    record PasskeyWanted(
            @Nullable @Size(max = 100) @PlainText String ticket) {
        @Override
        public String toString() {
            return "PasskeyWanted[]"; // never the ticket
        }
    }

    /** @param publicKey for {@code navigator.credentials.get} */
    record Asked(PasskeyOptions.Request publicKey) {}

    /** @param session {@code token} for programs, which is the default, {@code cookie} for browsers */
    record PasskeyLogin(
            @NotNull @Valid Assertion passkey, @Nullable SessionKind session) {
        SessionKind kind() {
            return session == null ? SessionKind.TOKEN : session;
        }
    }

    /** One of the three; who has a second factor shows that. */
    record StepUp(
            @Nullable @Schema(format = "password") String password,
            @Nullable @Size(max = 100) @PlainText String code,
            @Nullable @Valid Assertion passkey) {
        @Override
        public String toString() {
            return "StepUp[]"; // never what is secret
        }
    }

    @Anyone
    @WhileEnrolling
    @PostMapping("/login/second-factor")
    @Operation(
            summary = "Finish a login with a code of an authenticator app, a recovery code or a passkey",
            description = OF_ITS_OWN)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = LoggedIn.class)))
    ResponseEntity<?> secondFactor(@Valid @RequestBody SecondFactor shown, HttpServletRequest http) {
        var client = Client.of(http);
        if ((shown.code() == null) == (shown.passkey() == null))
            throw Refusal.ofField("code", "missing", "or a passkey is needed, and not both");
        if (shown.code() != null) return answers.to(steps.byCode(shown.ticket(), shown.code(), client));
        return answers.to(steps.byPasskey(shown.ticket(), shown.passkey(), client));
    }

    @Anyone
    @WhileEnrolling
    @PostMapping("/login/passkey/options")
    @Operation(summary = "What to ask the browser for to log in with a passkey", description = CHALLENGE)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Asked.class)))
    ResponseEntity<?> passkeyOptions(@Valid @RequestBody PasskeyWanted wanted) {
        if (wanted.ticket() == null) return ResponseEntity.ok(new Asked(passkeys.request()));
        var options = steps.options(wanted.ticket());
        return options.isPresent() ? ResponseEntity.ok(new Asked(options.get())) : answers.to(new TicketOver());
    }

    @Anyone
    @WhileEnrolling
    @PostMapping("/login/passkey")
    @Operation(summary = "Log in with a passkey alone", description = OF_ITS_OWN)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = LoggedIn.class)))
    ResponseEntity<?> passkey(@Valid @RequestBody PasskeyLogin login, HttpServletRequest http) {
        return answers.to(steps.byPasskey(login.passkey(), login.kind(), Client.of(http)));
    }

    @SignedIn
    @WhileEnrolling
    @PostMapping("/login/step-up/options")
    @Operation(summary = "What to ask the browser for to step up with a passkey", description = CHALLENGE)
    Asked stepUpOptions(Caller caller) {
        return new Asked(stepUps.options(caller.userId(), loginOf(caller)));
    }

    @SignedIn
    @WhileEnrolling
    @PostMapping("/login/step-up")
    @Operation(
            summary =
                    "Show once more who one is, for what needs a fresh login: with one's second factor, or else the password",
            description = OF_ITS_OWN)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> stepUp(@Valid @RequestBody StepUp shown, Caller caller, HttpServletRequest http) {
        return switch (stepUp(shown, caller, Client.of(http))) {
            case Fresh() -> ResponseEntity.noContent().build();
            case WrongPassword() ->
                Problem.of(HttpStatus.UNAUTHORIZED, "invalid_credentials", "The password is wrong.");
            case WrongFactor() -> LoginAnswers.wrongSecondFactor();
            case FactorRequired(var factors) ->
                Problem.of(
                        HttpStatus.UNAUTHORIZED,
                        "second_factor_required",
                        "Show your second factor: the password is not enough.",
                        Map.of("factors", factors));
        };
    }

    private StepUpResult stepUp(StepUp shown, Caller caller, Client client) {
        var login = loginOf(caller);
        if (shown.passkey() != null) return stepUps.byPasskey(caller.userId(), login, shown.passkey(), client);
        if (shown.code() != null) return stepUps.byCode(caller.userId(), login, shown.code(), client);
        if (shown.password() == null) throw Refusal.ofField("password", "missing", "or a code or a passkey is needed");
        return stepUps.byPassword(caller.userId(), login, shown.password(), client);
    }

    private static Login loginOf(Caller caller) {
        var login = caller.login();
        if (login == null)
            throw new Refusal(
                    HttpStatus.FORBIDDEN, "login_required", "This is for people who have logged in, not for programs.");
        return login;
    }
}
