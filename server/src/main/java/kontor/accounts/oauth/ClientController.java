package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import kontor.accounts.oauth.SaveClientResult.NameTaken;
import kontor.accounts.oauth.SaveClientResult.Saved;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.Problem;
import kontor.web.Requires;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "OAuth clients")
class ClientController {
    private static final String READ = "oauth-clients:read";
    private static final String WRITE = "oauth-clients:write";
    private final Clients clients;

    ClientController(Clients clients) {
        this.clients = clients;
    }

    /** Not many: they come in one answer, by name. */
    record OAuthClientList(List<ClientView> items) {}

    @Requires(READ)
    @GetMapping("/oauth-clients")
    @Operation(summary = "The programs that may ask for tokens, by name")
    OAuthClientList list() {
        return new OAuthClientList(clients.list());
    }

    @Requires(READ)
    @GetMapping("/oauth-clients/{id}")
    @Operation(summary = "One OAuth client")
    ClientView find(@PathVariable String id) {
        return clients.find(idOf(id)).orElseThrow(Clients::noSuchClient);
    }

    @Requires(WRITE)
    @FreshLogin
    @PostMapping("/oauth-clients")
    @Operation(
            summary = "Register an OAuth client; the answer shows its secret, this once",
            description =
                    "Scopes that are permissions are given by those who have them. Takes no Idempotency-Key: a secret is not kept"
                            + " to be told again, and the name can be taken once only.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Saved.class)))
    ResponseEntity<?> create(@Valid @RequestBody ClientRequest wanted, Caller caller) {
        return switch (clients.create(wanted, caller)) {
            case Saved saved ->
                ResponseEntity.created(
                                URI.create("/oauth-clients/" + saved.client().id()))
                        .body(saved);
            case NameTaken() -> nameTaken();
        };
    }

    @Requires(WRITE)
    @FreshLogin
    @PutMapping("/oauth-clients/{id}")
    @Operation(
            summary = "Change an OAuth client; a scope that goes is gone from its tokens within seconds",
            description = "Takes no Idempotency-Key: the same change twice is one.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ClientView.class)))
    ResponseEntity<?> change(@PathVariable String id, @Valid @RequestBody ClientChange change, Caller caller) {
        return switch (clients.change(idOf(id), change, caller)) {
            case Saved saved -> ResponseEntity.ok(saved.client());
            case NameTaken() -> nameTaken();
        };
    }

    @Requires(WRITE)
    @FreshLogin
    @PostMapping("/oauth-clients/{id}/secret")
    @Operation(
            summary = "Give a confidential client a new secret, shown this once; the old one is good no more",
            description = "Takes no Idempotency-Key: a secret is not kept to be told again.")
    Saved rotateSecret(@PathVariable String id, Caller caller) {
        return clients.rotateSecret(idOf(id), caller);
    }

    @Requires(WRITE)
    @PostMapping("/oauth-clients/{id}/disable")
    @Operation(
            summary = "Turn an OAuth client away; its tokens are good no more within seconds",
            description = "Takes no Idempotency-Key: a client that is disabled stays so.")
    ClientView disable(@PathVariable String id, Caller caller) {
        return clients.setDisabled(idOf(id), true, caller);
    }

    @Requires(WRITE)
    @FreshLogin
    @PostMapping("/oauth-clients/{id}/enable")
    @Operation(
            summary = "Let a disabled OAuth client ask for tokens again",
            description = "Takes no Idempotency-Key: a client that is not disabled stays so.")
    ClientView enable(@PathVariable String id, Caller caller) {
        return clients.setDisabled(idOf(id), false, caller);
    }

    @Requires(WRITE)
    @DeleteMapping("/oauth-clients/{id}")
    @Operation(
            summary = "Delete an OAuth client with its tokens and what users have let it do",
            description = "Takes no Idempotency-Key: what is gone stays gone.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> delete(@PathVariable String id) {
        clients.delete(idOf(id));
        return ResponseEntity.noContent().build();
    }

    private static ResponseEntity<?> nameTaken() {
        return Problem.of(HttpStatus.CONFLICT, "name_taken", "There is an OAuth client with this name already.");
    }

    private static UUID idOf(String given) {
        var id = ClientId.of(given);
        if (id == null) throw Clients.noSuchClient();
        return id;
    }
}
