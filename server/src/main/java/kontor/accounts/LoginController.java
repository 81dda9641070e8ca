package kontor.accounts;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Map;
import kontor.web.Anyone;
import kontor.web.PlainText;
import kontor.web.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Login")
class LoginController {
    private static final Duration KEYS_ARE_GOOD_FOR = Duration.ofMinutes(5);
    private final Accounts accounts;
    private final SigningKeys keys;

    LoginController(Accounts accounts, SigningKeys keys) {
        this.accounts = accounts;
        this.keys = keys;
    }

    record Login(
            @Nullable @Schema(requiredMode = REQUIRED, example = "ann@example.org")
            String email,

            @Nullable @Schema(requiredMode = REQUIRED, format = "password")
            String password) {
        @Override
        public String toString() {
            return "Login[" + email + "]"; // never the password
        }
    }

    @Anyone
    @PostMapping("/login")
    @Operation(
            summary = "Log in with e-mail address and password for an access token",
            description =
                    "Takes no Idempotency-Key: every login has a token of its own, and none is kept to be sent again.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = AccessToken.class)))
    ResponseEntity<?> login(@RequestBody Login login) {
        if (login.email() != null) PlainText.Check.refuseCardData(login.email());
        var token = accounts.login(login.email(), login.password());
        if (token.isPresent()) return ResponseEntity.ok(token.get());
        return Problem.of(
                HttpStatus.UNAUTHORIZED, "invalid_credentials", "The e-mail address or the password is wrong.");
    }

    /** The public keys, for those who verify access tokens themselves (RFC 7517). */
    @Anyone
    @GetMapping("/.well-known/jwks.json")
    @Operation(summary = "The public keys that access tokens are verified with")
    ResponseEntity<Map<String, Object>> keys() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(KEYS_ARE_GOOD_FOR).cachePublic())
                .body(keys.published());
    }
}
