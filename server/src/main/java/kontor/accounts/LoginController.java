package kontor.accounts;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Duration;
import java.util.Map;
import kontor.web.Anyone;
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
class LoginController {
    private static final Duration KEYS_ARE_GOOD_FOR = Duration.ofMinutes(5);
    private final Accounts accounts;
    private final SigningKeys keys;

    LoginController(Accounts accounts, SigningKeys keys) {
        this.accounts = accounts;
        this.keys = keys;
    }

    record Login(@Nullable String email, @Nullable String password) {
        @Override
        public String toString() {
            return "Login[" + email + "]"; // never the password
        }
    }

    @Anyone
    @PostMapping("/login")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = AccessToken.class)))
    ResponseEntity<?> login(@RequestBody Login login) {
        var token = accounts.login(login.email(), login.password());
        if (token.isPresent()) return ResponseEntity.ok(token.get());
        return Problem.of(
                HttpStatus.UNAUTHORIZED, "invalid_credentials", "The e-mail address or the password is wrong.");
    }

    /** The public keys, for those who verify access tokens themselves (RFC 7517). */
    @Anyone
    @GetMapping("/.well-known/jwks.json")
    ResponseEntity<Map<String, Object>> keys() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(KEYS_ARE_GOOD_FOR).cachePublic())
                .body(keys.published());
    }
}
