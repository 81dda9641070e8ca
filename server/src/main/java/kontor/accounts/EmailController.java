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
import kontor.web.FreshLogin;
import kontor.web.PlainText;
import kontor.web.Requires;
import kontor.web.SignedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Email addresses")
class EmailController {
    private static final String GOOD_ONCE = "Takes no Idempotency-Key: the link is good once.";
    private static final String MAY_MAIL = "Takes no Idempotency-Key: each may send a mail.";
    private final MailRequests requests;
    private final Verifications verifications;
    private final EmailChanges changes;

    EmailController(MailRequests requests, Verifications verifications, EmailChanges changes) {
        this.requests = requests;
        this.verifications = verifications;
        this.changes = changes;
    }

    record Link(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED)
            String token) {
        @Override
        public String toString() {
            return "Link[]"; // never the token
        }
    }

    /** @param password the one that the account was opened with */
    record Verification(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED)
            String token,

            @Nullable @Schema(requiredMode = REQUIRED, format = "password")
            String password) {
        @Override
        public String toString() {
            return "Verification[]"; // neither the token nor the password
        }
    }

    record ToVerify(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED, example = "ann@example.org")
            String email) {}

    record OwnNewEmail(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED, maxLength = 254, example = "ann@example.org")
            String email,

            @Nullable @Schema(requiredMode = REQUIRED, format = "password")
            String currentPassword) {
        @Override
        public String toString() {
            return "OwnNewEmail[]"; // never the password
        }
    }

    record NewEmail(
            @Nullable @PlainText @Schema(requiredMode = REQUIRED, maxLength = 254, example = "ann@example.org")
            String email) {}

    @Anyone
    @PostMapping("/users/verification")
    @Operation(
            summary = "Open one's account with the link of a mail and the password that it was opened with",
            description = GOOD_ONCE + " With a wrong password it stays good.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> verify(@Valid @RequestBody Verification shown, HttpServletRequest http) {
        return LinkAnswers.to(verifications.confirm(shown.token(), shown.password(), Client.of(http)));
    }

    @Anyone
    @PostMapping("/users/verification/request")
    @Operation(
            summary = "Have the mail sent again that opens one's account",
            description = "The answer is the same whether or not there is such an account. " + MAY_MAIL)
    @ApiResponse(responseCode = "202", content = @Content)
    ResponseEntity<?> mailAgain(@Valid @RequestBody ToVerify wanted, HttpServletRequest http) {
        requests.add(MailRequest.Kind.VERIFY_EMAIL, wanted.email(), Client.of(http));
        return ResponseEntity.accepted().build();
    }

    @SignedIn
    @PostMapping("/users/me/email")
    @Operation(
            summary = "Ask for another e-mail address, which counts when the link of a mail to it is followed",
            description = "The answer is the same whether or not somebody has that address. " + MAY_MAIL)
    @ApiResponse(responseCode = "202", content = @Content)
    ResponseEntity<?> askForOwn(@Valid @RequestBody OwnNewEmail wanted, Caller caller, HttpServletRequest http) {
        changes.ask(caller.userId(), wanted.email(), wanted.currentPassword(), caller, Client.of(http));
        return ResponseEntity.accepted().build();
    }

    @Requires(AccountController.EDIT)
    @FreshLogin
    @PostMapping("/users/{id}/email")
    @Operation(summary = "The same for a user", description = MAY_MAIL)
    @ApiResponse(responseCode = "202", content = @Content)
    ResponseEntity<?> ask(
            @PathVariable long id, @Valid @RequestBody NewEmail wanted, Caller caller, HttpServletRequest http) {
        changes.ask(id, wanted.email(), null, caller, Client.of(http));
        return ResponseEntity.accepted().build();
    }

    @Anyone
    @PostMapping("/users/email/confirm")
    @Operation(summary = "Change one's e-mail address with the link of a mail", description = GOOD_ONCE)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> confirm(@Valid @RequestBody Link link) {
        return LinkAnswers.to(changes.confirm(link.token()));
    }
}
