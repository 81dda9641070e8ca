package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import kontor.web.Caller;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The page that asks a user whether a client may come in. */
@RestController
@Tag(name = "Login pages")
class ConsentPages {
    static final String PATH = "/oauth-consent";
    static final String QUESTION = "question";
    private final Authorizations authorizations;
    private final RegisteredClients clients;
    private final Pages pages;

    ConsentPages(Authorizations authorizations, RegisteredClients clients, Pages pages) {
        this.authorizations = authorizations;
        this.clients = clients;
        this.pages = pages;
    }

    /** @param question of the caller's own; those of others are not there */
    @SignedIn
    @GetMapping(value = PATH, produces = MediaType.TEXT_HTML_VALUE)
    @Operation(summary = "The page that asks whether an OAuth client may come in")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "text/html", schema = @Schema(type = "string")))
    ResponseEntity<String> consentPage(@RequestParam String question, Caller caller) {
        var asked = authorizations
                .question(question)
                .filter(request -> request.userId() == caller.userId())
                .orElseThrow(() -> Refusal.notFound("question"));
        var client = clients.findById(asked.clientId());
        if (client == null) throw Refusal.notFound("question");
        return pages.answer(
                HttpStatus.OK,
                pages.consent(
                        client.getClientId(), client.getClientName(), asked.redirectUri(), asked.scopes(), question));
    }
}
