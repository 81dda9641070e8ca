package kontor.accounts.federation;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import kontor.accounts.ReturnPath;
import kontor.accounts.federation.LinkResult.Linked;
import kontor.accounts.federation.LinkResult.Taken;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Cookies;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.Requires;
import kontor.web.SignedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Login")
class IdentityController {
    private static final String DIRECTORY = LdapDirectory.ISSUER;
    private static final String SEE_ALL = "users:read";
    private static final String EDIT = "users:write";
    private final Identities identities;
    private final OidcLogins oidc;
    private final DirectoryLogins directory;

    IdentityController(Identities identities, OidcLogins oidc, DirectoryLogins directory) {
        this.identities = identities;
        this.oidc = oidc;
        this.directory = directory;
    }

    record Links(List<Identity> items) {}

    /**
     * @param provider an OpenID provider's name, or {@code ldap}
     * @param to the path on this host that the browser goes on to when it is back from the provider
     * @param name of the user in the directory
     * @param password of the user in the directory
     */
    record Linking(
            @Nullable @Schema(requiredMode = REQUIRED, example = "ldap")
            String provider,

            @Nullable String to,
            @Nullable String name,

            @Nullable @Schema(format = "password") String password) {
        @Override
        public String toString() {
            return "Linking[" + provider + "]"; // never the password
        }
    }

    /** @param authorizeUrl where the browser goes to log in at the provider */
    record Going(URI authorizeUrl) {}

    @SignedIn
    @GetMapping("/users/me/identities")
    @Operation(summary = "Whom one is elsewhere: the logins at providers and the directory that one gets in with")
    Links list(Caller caller) {
        return new Links(identities.list(caller.userId()));
    }

    @SignedIn
    @GetMapping("/users/me/identities/{id}")
    @Operation(summary = "One of one's logins elsewhere")
    Identity find(@PathVariable long id, Caller caller) {
        return identities.find(id, caller.userId()).orElseThrow(IdentityController::notThere);
    }

    @SignedIn
    @FreshLogin
    @PostMapping("/users/me/identities")
    @Operation(
            summary = "Link one's account with a login elsewhere",
            description =
                    "For an OpenID provider the answer is the address to send the browser to; it is linked when it has"
                            + " come back. For the directory (ldap) name and password are checked at once."
                            + " Takes no Idempotency-Key: linking once more changes nothing.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Going.class)))
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Identity.class)))
    ResponseEntity<?> link(@RequestBody Linking linking, Caller caller, HttpServletRequest request) {
        for (var text : new String[] {linking.provider(), linking.to(), linking.name()})
            if (text != null) PlainText.Check.refuseCardData(text);
        if (linking.provider() == null) throw Refusal.ofField("provider", "required", "is missing");
        if (linking.provider().equals(DIRECTORY) && directory.isThere())
            return linkByPassword(linking, caller, request);
        if (!oidc.has(linking.provider())) throw Refusal.ofField("provider", "unknown", "is not one that there is");
        var departure =
                oidc.depart(linking.provider(), ReturnPath.of(linking.to()), caller.userId(), Cookies.login(request));
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.SET_COOKIE,
                        Cookies.login(departure.secret(), OidcLogins.PATIENCE).toString())
                .body(new Going(departure.page()));
    }

    private ResponseEntity<?> linkByPassword(Linking linking, Caller caller, HttpServletRequest request) {
        var name = linking.name() == null ? "" : linking.name();
        var password = linking.password() == null ? "" : linking.password();
        var result = directory.link(caller.userId(), name, password, Client.of(request));
        if (result == null)
            return Problem.of(HttpStatus.FORBIDDEN, "invalid_credentials", "The name or the password is wrong.");
        return switch (result) {
            case Linked(var identity) ->
                ResponseEntity.created(URI.create("/users/me/identities/" + identity.id()))
                        .body(identity);
            case Taken() -> throw FederationAnswers.identityTaken();
        };
    }

    @SignedIn
    @FreshLogin
    @DeleteMapping("/users/me/identities/{id}")
    @Operation(
            summary = "Log in by this way no more",
            description = "Roles that come from there go with it. Takes no Idempotency-Key: what is removed stays so.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> remove(@PathVariable long id, Caller caller) {
        if (!identities.remove(id, caller.userId())) throw notThere();
        return ResponseEntity.noContent().build();
    }

    @Requires(SEE_ALL)
    @GetMapping("/users/{id}/identities")
    @Operation(summary = "Whom a user is elsewhere")
    Links listOf(@PathVariable long id) {
        return new Links(identities.list(id));
    }

    @Requires(EDIT)
    @FreshLogin
    @DeleteMapping("/users/{id}/identities/{identity}")
    @Operation(
            summary = "Take a login elsewhere from a user whom it lets in no more",
            description = "Roles that come from there go with it; where mail is sent, a link to choose a password may"
                    + " take its place. Takes no Idempotency-Key: what is removed stays so.")
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> removeOf(@PathVariable long id, @PathVariable long identity, Caller caller) {
        if (!identities.removeOf(id, identity, caller)) throw notThere();
        return ResponseEntity.noContent().build();
    }

    private static Refusal notThere() {
        return Refusal.notFound("identity");
    }
}
