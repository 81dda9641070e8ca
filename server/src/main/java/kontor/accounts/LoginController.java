package kontor.accounts;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.LoggedIn;
import kontor.accounts.sessions.SessionKind;
import kontor.web.Anyone;
import kontor.web.PlainText;
import kontor.web.WhileEnrolling;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Login")
class LoginController {
    private final Logins logins;
    private final LoginAnswers answers;

    LoginController(Logins logins, LoginAnswers answers) {
        this.logins = logins;
        this.answers = answers;
    }

    /** @param session {@code token} for programs, which is the default, {@code cookie} for browsers */
    record Login(
            @Nullable @Schema(requiredMode = REQUIRED, example = "ann@example.org")
            String email,

            @Nullable @Schema(requiredMode = REQUIRED, format = "password")
            String password,

            @Nullable SessionKind session) {
        SessionKind kind() {
            return session == null ? SessionKind.TOKEN : session;
        }

        @Override
        public String toString() {
            return "Login[" + email + "]"; // never the password
        }
    }

    @Anyone
    @WhileEnrolling
    @PostMapping("/login")
    @Operation(
            summary = "Log in with e-mail address and password for tokens, or for a browser's session",
            description =
                    "Takes no Idempotency-Key: every login has tokens of its own, and none are kept to be sent again.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = LoggedIn.class)))
    ResponseEntity<?> login(@RequestBody Login login, HttpServletRequest request) {
        if (login.email() != null) PlainText.Check.refuseCardData(login.email());
        return answers.to(logins.byPassword(login.email(), login.password(), login.kind(), Client.of(request)));
    }
}
