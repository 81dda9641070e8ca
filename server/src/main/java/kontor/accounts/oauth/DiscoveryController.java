package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kontor.accounts.sessions.PublicUrl;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.SignedIn;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What clients find out by themselves: what the provider can do, and who has logged in. */
@RestController
@Tag(name = "OpenID provider")
class DiscoveryController {
    private static final Duration GOOD_FOR = Duration.ofMinutes(5);
    private static final List<String> METHODS = List.of("client_secret_basic", "client_secret_post");
    private final UserClaims users;
    private final Map<String, Object> metadata;

    DiscoveryController(UserClaims users, PublicUrl address) {
        this.users = users;
        this.metadata = metadata(address.publicUrl());
    }

    @Anyone
    @GetMapping("/.well-known/openid-configuration")
    @Operation(summary = "What the OpenID provider can do (OpenID Connect Discovery 1.0)")
    ResponseEntity<Map<String, Object>> openidConfiguration() {
        return published();
    }

    @Anyone
    @GetMapping("/.well-known/oauth-authorization-server")
    @Operation(summary = "What the authorization server can do (RFC 8414)")
    ResponseEntity<Map<String, Object>> authorizationServer() {
        return published();
    }

    @SignedIn(scope = "openid")
    @GetMapping("/userinfo")
    @Operation(summary = "Who has let the client in, as far as its scopes go (OpenID Connect Core 1.0 section 5.3)")
    Map<String, Object> userinfo(Caller caller) {
        var scopes = caller.client() == null
                ? java.util.Set.of("profile", "email")
                : caller.client().scopes();
        return users.of(caller.userId(), scopes);
    }

    @SignedIn(scope = "openid")
    @PostMapping("/userinfo")
    @Operation(
            summary = "The same, for clients that ask with POST",
            description = "Takes no Idempotency-Key: it changes nothing.")
    Map<String, Object> userinfoByPost(Caller caller) {
        return userinfo(caller);
    }

    private ResponseEntity<Map<String, Object>> published() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(GOOD_FOR).cachePublic())
                .body(metadata);
    }

    private static Map<String, Object> metadata(String issuer) {
        var metadata = new TreeMap<String, Object>();
        metadata.put("issuer", issuer);
        metadata.put("authorization_endpoint", issuer + "/oauth2/authorize");
        metadata.put("token_endpoint", issuer + "/oauth2/token");
        metadata.put("revocation_endpoint", issuer + "/oauth2/revoke");
        metadata.put("introspection_endpoint", issuer + "/oauth2/introspect");
        metadata.put("userinfo_endpoint", issuer + "/userinfo");
        metadata.put("jwks_uri", issuer + "/.well-known/jwks.json");
        metadata.put("response_types_supported", List.of("code"));
        metadata.put("response_modes_supported", List.of("query"));
        metadata.put(
                "grant_types_supported",
                Arrays.stream(GrantType.values()).map(GrantType::code).toList());
        metadata.put("code_challenge_methods_supported", List.of("S256"));
        metadata.put(
                "token_endpoint_auth_methods_supported", List.of("client_secret_basic", "client_secret_post", "none"));
        metadata.put(
                "revocation_endpoint_auth_methods_supported",
                List.of("client_secret_basic", "client_secret_post", "none"));
        metadata.put("introspection_endpoint_auth_methods_supported", METHODS);
        metadata.put("scopes_supported", List.of("openid", "profile", "email"));
        metadata.put("subject_types_supported", List.of("public"));
        metadata.put("id_token_signing_alg_values_supported", List.of("RS256"));
        metadata.put(
                "claims_supported",
                List.of(
                        "sub",
                        "name",
                        "email",
                        "email_verified",
                        "auth_time",
                        "amr",
                        "nonce",
                        "at_hash",
                        "azp",
                        "sid"));
        metadata.put("prompt_values_supported", List.of("none", "login", "consent", "select_account"));
        metadata.put("authorization_response_iss_parameter_supported", true);
        metadata.put("claims_parameter_supported", false);
        metadata.put("request_parameter_supported", false);
        metadata.put("request_uri_parameter_supported", false);
        return metadata;
    }
}
