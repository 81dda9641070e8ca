package kontor.accounts.sessions;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import kontor.web.Anyone;
import kontor.web.Refusal;
import kontor.web.Requires;
import kontor.web.WhileEnrolling;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Signing keys")
class SigningKeyController {
    private static final Duration KEYS_ARE_GOOD_FOR = Duration.ofMinutes(5);
    private final SigningKeys keys;

    SigningKeyController(SigningKeys keys) {
        this.keys = keys;
    }

    record Kept(List<SigningKeyView> items) {}

    record Made(String id) {}

    /** The public keys, for those who verify access tokens themselves (RFC 7517). */
    @Anyone
    @WhileEnrolling
    @GetMapping("/.well-known/jwks.json")
    @Operation(summary = "The public keys that access tokens are verified with")
    ResponseEntity<Map<String, Object>> published() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(KEYS_ARE_GOOD_FOR).cachePublic())
                .body(keys.published());
    }

    @Requires("signing-keys:read")
    @GetMapping("/signing-keys")
    @Operation(summary = "The keys that access tokens are signed with, without their private halves")
    Kept list() {
        return new Kept(keys.list());
    }

    @Requires("signing-keys:write")
    @PostMapping("/signing-keys")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Have a new key made; it is published at once and signs after a notice",
            description = "Takes no Idempotency-Key: a key too many does no harm.")
    Made rotate() {
        return new Made(keys.rotate());
    }

    @Requires("signing-keys:write")
    @DeleteMapping("/signing-keys/{id}")
    @Operation(
            summary = "Take a key away that somebody else may have",
            description = "What it signed is good no more; refresh tokens and cookies go on. Takes no Idempotency-Key.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> revoke(@PathVariable String id) {
        if (!keys.revoke(id)) throw Refusal.notFound("signing key");
        return ResponseEntity.noContent().build();
    }
}
