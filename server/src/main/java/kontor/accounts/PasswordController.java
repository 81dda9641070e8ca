package kontor.accounts;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import kontor.accounts.sessions.Client;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.PlainText;
import kontor.web.SignedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Passwords")
class PasswordController {
    private final MailRequests requests;
    private final PasswordResets resets;
    private final PasswordChanges changes;

    PasswordController(MailRequests requests, PasswordResets resets, PasswordChanges changes) {
        this.requests = requests;
        this.resets = resets;
        this.changes = changes;
    }

    record ForgottenPassword(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED, example = "ann@example.org")
            String email) {}

    record NewPassword(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED)
            String token,

            @Nullable @Schema(requiredMode = REQUIRED, minLength = 8, maxLength = 128, format = "password")
            String password) {
        @Override
        public String toString() {
            return "NewPassword[]"; // neither the token nor the password
        }
    }

    record ChangedPassword(
            @Nullable @Schema(requiredMode = REQUIRED, format = "password")
            String currentPassword,

            @Nullable @Schema(requiredMode = REQUIRED, minLength = 8, maxLength = 128, format = "password")
            String password) {
        @Override
        public String toString() {
            return "ChangedPassword[]"; // never the passwords
        }
    }

    @Anyone
    @PostMapping("/password-resets")
    @Operation(
            summary = "Ask for a link by mail to choose a new password with",
            description =
                    "The answer is the same whether or not there is such an account. An address is sent four such mails"
                            + " at once and then one in a quarter of an hour. Takes no Idempotency-Key: each may send a mail.")
    @ApiResponse(responseCode = "202", content = @Content)
    ResponseEntity<?> ask(@Valid @RequestBody ForgottenPassword forgotten, HttpServletRequest http) {
        requests.add(MailRequest.Kind.RESET_PASSWORD, forgotten.email(), Client.of(http));
        return ResponseEntity.accepted().build();
    }

    @Anyone
    @PostMapping("/password-resets/confirm")
    @Operation(
            summary = "Choose a new password with the link of a mail; ends all sessions",
            description = "Takes no Idempotency-Key: the link is good once.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> confirm(@Valid @RequestBody NewPassword wanted) {
        return LinkAnswers.to(resets.confirm(wanted.token(), wanted.password()));
    }

    @SignedIn
    @PostMapping("/users/me/password")
    @Operation(
            summary = "Change one's password; ends all other sessions",
            description = "Takes no Idempotency-Key: the present password is another one the second time.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> change(@Valid @RequestBody ChangedPassword change, Caller caller, HttpServletRequest http) {
        changes.change(caller, change.currentPassword(), change.password(), Client.of(http));
        return ResponseEntity.noContent().build();
    }
}
