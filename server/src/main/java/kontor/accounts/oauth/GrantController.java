package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import kontor.web.Caller;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "OAuth grants")
class GrantController {
    private final Grants grants;

    GrantController(Grants grants) {
        this.grants = grants;
    }

    record OAuthGrantList(List<Grants.Grant> items) {}

    @SignedIn
    @GetMapping("/users/me/grants")
    @Operation(summary = "The programs of others that one has let in")
    OAuthGrantList list(Caller caller) {
        return new OAuthGrantList(grants.of(caller.userId()));
    }

    @SignedIn
    @DeleteMapping("/users/me/grants/{id}")
    @Operation(
            summary = "Let an OAuth client in no more; its tokens are good no more within seconds",
            description = "Takes no Idempotency-Key: what is withdrawn stays so.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> withdraw(@PathVariable String id, Caller caller) {
        var client = ClientId.of(id);
        if (client == null || !grants.withdraw(caller.userId(), client)) throw Refusal.notFound("grant");
        return ResponseEntity.noContent().build();
    }
}
