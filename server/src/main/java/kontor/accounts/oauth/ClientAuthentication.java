package kontor.accounts.oauth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import kontor.accounts.sessions.Opaque;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.server.authorization.authentication.ClientSecretAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.PublicClientAuthenticationProvider;
import org.springframework.stereotype.Component;

/**
 * Finds out which client asks for tokens: by its secret, or a public one by the verifier of its code. A wrong secret is a
 * try that counts, for the client and for the network; but the right one is always let through, for nobody guesses 256
 * bits, and strangers who try must not keep a shop's own machines out.
 */
@Component
class ClientAuthentication implements AuthenticationProvider {
    private final RegisteredClients clients;
    private final ClientSecretAuthenticationProvider bySecret;
    private final PublicClientAuthenticationProvider byVerifier;
    private final Throttle throttle;
    private final AuditLog log;

    ClientAuthentication(RegisteredClients clients, Authorizations authorizations, Throttle throttle, AuditLog log) {
        this.clients = clients;
        this.bySecret = new ClientSecretAuthenticationProvider(clients, authorizations);
        this.bySecret.setPasswordEncoder(new Hashes());
        this.byVerifier = new PublicClientAuthenticationProvider(clients, authorizations);
        this.throttle = throttle;
        this.log = log;
    }

    /** @throws kontor.web.Refusal 429 when there were too many wrong secrets */
    @Override
    public @Nullable Authentication authenticate(Authentication authentication) {
        var asking = (OAuth2ClientAuthenticationToken) authentication;
        if (!ClientAuthenticationMethod.NONE.equals(asking.getClientAuthenticationMethod())) return bySecret(asking);
        var grant = asking.getAdditionalParameters().get(OAuth2ParameterNames.GRANT_TYPE);
        return AuthorizationGrantType.AUTHORIZATION_CODE.getValue().equals(grant)
                ? byVerifier.authenticate(asking)
                : byItsTokens(asking);
    }

    private @Nullable Authentication bySecret(OAuth2ClientAuthenticationToken asking) {
        try {
            return bySecret.authenticate(asking);
        } catch (OAuth2AuthenticationException e) {
            if (OAuth2ErrorCodes.INVALID_CLIENT.equals(e.getError().getErrorCode())) count(asking.getName());
            throw e;
        }
    }

    private void count(String clientId) {
        try (var _ = throttle.admit(
                "oauth-client:" + clientId, ProviderContext.current().from())) {
            var known = ClientId.of(clientId) == null ? null : "oauth_client:" + clientId;
            log.recordRefused(Act.of("oauth_clients.authenticate", known));
        }
    }

    /** A public client that goes on has nothing to show but its refresh token, which is good once (OAuth 2.1 section 4.3.1). */
    private Authentication byItsTokens(OAuth2ClientAuthenticationToken asking) {
        var client = clients.findByClientId(asking.getName());
        if (client == null || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE))
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
        return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return OAuth2ClientAuthenticationToken.class.isAssignableFrom(authentication);
    }

    /** Secrets are random, so that their SHA-256 tells nothing. */
    private static final class Hashes implements PasswordEncoder {
        @Override
        public @Nullable String encode(@Nullable CharSequence secret) {
            return secret == null ? null : HexFormat.of().formatHex(Opaque.hash(secret.toString()));
        }

        @Override
        public boolean matches(@Nullable CharSequence secret, @Nullable String hash) {
            var given = encode(secret);
            return given != null
                    && hash != null
                    && MessageDigest.isEqual(
                            given.getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** What a request says of a client that has no secret. */
    static @Nullable Authentication publicClient(jakarta.servlet.http.HttpServletRequest request) {
        var ids = request.getParameterValues(OAuth2ParameterNames.CLIENT_ID);
        if (request.getHeader("Authorization") != null
                || request.getParameter(OAuth2ParameterNames.CLIENT_SECRET) != null
                || ids == null) return null;
        if (ids.length != 1) throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
        var parameters = new java.util.HashMap<String, Object>();
        for (var parameter : request.getParameterMap().entrySet()) {
            if (parameter.getValue().length != 1)
                throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
            parameters.put(parameter.getKey(), parameter.getValue()[0]);
        }
        return new OAuth2ClientAuthenticationToken(
                ids[0], ClientAuthenticationMethod.NONE, null, Map.copyOf(parameters));
    }
}
