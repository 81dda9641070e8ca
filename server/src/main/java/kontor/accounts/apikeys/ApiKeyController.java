package kontor.accounts.apikeys;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import kontor.accounts.apikeys.CreateKeyResult.Created;
import kontor.accounts.apikeys.CreateKeyResult.TooMany;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "API keys")
class ApiKeyController {
    private static final String READ = "api-keys:read";
    private static final String WRITE = "api-keys:write";
    private final ApiKeys keys;

    ApiKeyController(ApiKeys keys) {
        this.keys = keys;
    }

    @SignedIn(scope = READ)
    @GetMapping("/api-keys")
    @Operation(summary = "One's own API keys, or all of them with the permission api-keys:read; newest first")
    Page<ApiKey> list(
            @RequestParam(name = "user_id", required = false) @Nullable Long userId, PageRequest page, Caller caller) {
        var whose = caller.may(READ) ? userId : Long.valueOf(caller.userId());
        if (userId != null && !userId.equals(whose)) return new Page<>(List.of(), null);
        return keys.list(whose, page);
    }

    @SignedIn(scope = READ)
    @GetMapping("/api-keys/{id}")
    @Operation(summary = "One API key: one's own, or anybody's with the permission api-keys:read")
    ApiKey find(@PathVariable long id, Caller caller) {
        return keys.find(id, ownerFilter(caller, READ)).orElseThrow(ApiKeyController::noSuchKey);
    }

    /** Without a scope: a program cannot make itself another key. */
    @SignedIn
    @FreshLogin
    @PostMapping("/api-keys")
    @Operation(
            summary = "Make an API key; the answer shows it, this once",
            description =
                    "It may do what its scopes say and its user may do at that time. Takes no Idempotency-Key: a key is"
                            + " not kept to be told again. If the answer is lost, revoke the key and make another one.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Created.class)))
    ResponseEntity<?> create(@Valid @RequestBody NewApiKey wanted, Caller caller) {
        return switch (keys.create(wanted, caller)) {
            case Created created ->
                ResponseEntity.created(
                                URI.create("/api-keys/" + created.apiKey().id()))
                        .cacheControl(CacheControl.noStore())
                        .body(created);
            case TooMany(var most) ->
                Problem.of(
                        HttpStatus.CONFLICT,
                        "too_many_api_keys",
                        "You have " + most + " API keys that are good. Revoke one first.");
        };
    }

    @SignedIn(scope = WRITE)
    @DeleteMapping("/api-keys/{id}")
    @Operation(
            summary =
                    "Revoke an API key, which is good no more within seconds: one's own, or anybody's with the permission"
                            + " api-keys:write",
            description = "Takes no Idempotency-Key: what is revoked stays so.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> revoke(@PathVariable long id, Caller caller) {
        if (!keys.revoke(id, ownerFilter(caller, WRITE))) throw noSuchKey();
        return ResponseEntity.noContent().build();
    }

    private static @Nullable Long ownerFilter(Caller caller, String permission) {
        return caller.may(permission) ? null : Long.valueOf(caller.userId());
    }

    private static Refusal noSuchKey() {
        return Refusal.notFound("API key");
    }
}
