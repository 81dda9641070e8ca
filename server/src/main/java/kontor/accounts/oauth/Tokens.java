package kontor.accounts.oauth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.accounts.sessions.IssuedToken;
import kontor.accounts.sessions.OAuthSessions;
import kontor.accounts.sessions.Opaque;
import kontor.web.OAuthClient;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.stereotype.Component;

/** Makes the tokens that clients get: access and ID tokens are signed with our keys, refresh tokens say nothing. */
@Component
class Tokens implements OAuth2TokenGenerator<OAuth2Token> {
    static final String SESSION = "sid";
    private final OAuthSessions sessions;
    private final UserClaims users;

    Tokens(OAuthSessions sessions, UserClaims users) {
        this.sessions = sessions;
        this.users = users;
    }

    @Override
    public @Nullable OAuth2Token generate(OAuth2TokenContext context) {
        var type = context.getTokenType();
        if (OAuth2TokenType.ACCESS_TOKEN.equals(type)) return accessToken(context);
        if (OAuth2TokenType.REFRESH_TOKEN.equals(type)) return refreshToken();
        return OidcParameterNames.ID_TOKEN.equals(type.getValue()) ? idToken(context) : null;
    }

    private Jwt accessToken(OAuth2TokenContext context) {
        if (context.hasKey(OAuth2TokenContext.DPOP_PROOF_KEY)) // our API would not look at the proof
        throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
        var authorization = context.getAuthorization();
        var session = authorization == null ? UUID.randomUUID() : UUID.fromString(authorization.getId());
        var userId = context.getPrincipal() instanceof BrowserLogin user ? user.userId() : 0;
        var client = new OAuthClient(context.getRegisteredClient().getClientId(), context.getAuthorizedScopes());
        return jwt(sessions.accessToken(session, userId, client));
    }

    private OAuth2RefreshToken refreshToken() {
        var now = Instant.now();
        return new OAuth2RefreshToken(Opaque.random(), now, now.plus(sessions.refreshLifetime()));
    }

    /** As OpenID Connect Core 1.0 section 2 has it. */
    private Jwt idToken(OAuth2TokenContext context) {
        if (!(context.getPrincipal() instanceof BrowserLogin user) || context.getAuthorization() == null)
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.SERVER_ERROR);
        var authorization = context.getAuthorization();
        var clientId = context.getRegisteredClient().getClientId();
        var claims = new HashMap<>(users.of(user.userId(), context.getAuthorizedScopes()));
        claims.put("aud", List.of(clientId));
        claims.put("azp", clientId);
        claims.put("auth_time", user.login().at().getEpochSecond());
        claims.put("amr", user.login().methods().stream().sorted().toList());
        claims.put(SESSION, authorization.getId());
        var access = authorization.getAccessToken();
        if (access != null) claims.put("at_hash", halfHash(access.getToken().getTokenValue()));
        OAuth2AuthorizationRequest asked = authorization.getAttribute(OAuth2AuthorizationRequest.class.getName());
        if (asked != null && AuthorizationGrantType.AUTHORIZATION_CODE.equals(context.getAuthorizationGrantType())) {
            var nonce = asked.getAdditionalParameters().get(OidcParameterNames.NONCE);
            if (nonce != null) claims.put(OidcParameterNames.NONCE, nonce);
        }
        return jwt(sessions.idToken(claims));
    }

    private static Jwt jwt(IssuedToken token) {
        return Jwt.withTokenValue(token.token())
                .header("alg", "RS256")
                .claims(claims -> claims.putAll(withInstants(token.claims())))
                .build();
    }

    /** Spring has other times than Nimbus. */
    static Map<String, Object> withInstants(Map<String, Object> claims) {
        var converted = new HashMap<String, Object>();
        claims.forEach((name, value) -> converted.put(name, value instanceof Date time ? time.toInstant() : value));
        return converted;
    }

    /** The left half of the SHA-256, which ties an ID token to its access token. */
    private static String halfHash(String token) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, hash.length / 2));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
