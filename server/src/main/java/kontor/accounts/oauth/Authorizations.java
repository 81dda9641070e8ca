package kontor.accounts.oauth;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kontor.accounts.OpenAccounts;
import kontor.accounts.sessions.OAuthSession;
import kontor.accounts.sessions.OAuthSessions;
import kontor.accounts.sessions.OAuthSessions.Presented;
import kontor.accounts.sessions.Opaque;
import kontor.web.Caller;
import kontor.web.Login;
import kontor.web.OAuthClient;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps what Spring's authorization server has decided: questions and codes in a table of their own, tokens as sessions.
 * Spring reads, decides and writes; between its reading and its writing others may be faster, so each write is a check of
 * its own, and who loses is told that the grant is not good.
 */
@Component
class Authorizations implements OAuth2AuthorizationService {
    private static final Duration TIME_TO_ANSWER = Duration.ofMinutes(10);
    private static final String ASKED = "kontor.asked";
    private static final String PRESENTED = "kontor.refresh_token";
    private final RequestStore requests;
    private final RegisteredClients clients;
    private final OAuthSessions sessions;
    private final OpenAccounts open;
    private final TransactionTemplate transaction;

    Authorizations(
            RequestStore requests,
            RegisteredClients clients,
            OAuthSessions sessions,
            OpenAccounts open,
            TransactionTemplate transaction) {
        this.requests = requests;
        this.clients = clients;
        this.sessions = sessions;
        this.open = open;
        this.transaction = transaction;
    }

    @Override
    public void save(OAuth2Authorization authorization) {
        var code = authorization.getToken(OAuth2AuthorizationCode.class);
        String question = authorization.getAttribute(OAuth2ParameterNames.STATE);
        String presented = authorization.getAttribute(PRESENTED);
        if (isInvalidated(authorization.getAccessToken()) || isInvalidated(authorization.getRefreshToken()))
            sessions.end(idOf(authorization), OAuthSessions.REVOKED);
        else if (code != null && code.isInvalidated()) exchange(authorization);
        else if (code != null) giveCode(authorization, code.getToken().getTokenValue());
        else if (question != null) insert(request(authorization), question, null, TIME_TO_ANSWER);
        else if (presented != null) rotate(authorization, presented);
        else openForItself(authorization);
    }

    private void giveCode(OAuth2Authorization authorization, String code) {
        if (authorization.getAttribute(ASKED) == null)
            insert(request(authorization), null, code, RegisteredClients.CODE_LIFETIME);
        else if (!requests.answer(
                idOf(authorization), authorization.getAuthorizedScopes(), code, RegisteredClients.CODE_LIFETIME))
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
    }

    private void insert(OAuthRequest request, @Nullable String question, @Nullable String code, Duration lifetime) {
        transaction.executeWithoutResult(_ -> {
            if (!open.hold(request.userId())) throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
            requests.insert(request, question, code, lifetime);
        });
    }

    private void exchange(OAuth2Authorization authorization) {
        var id = idOf(authorization);
        if (authorization.getAccessToken() == null) {
            requests.use(id); // somebody else's client has the code: it is good for nobody any more
            return;
        }
        var request = request(authorization);
        var session = new OAuthSession(
                id,
                request.userId(),
                request.clientId(),
                authorization.getAuthorizedScopes(),
                request.login().at(),
                request.login().methods());
        var refresh = authorization.getRefreshToken();
        var used = Objects.requireNonNull(transaction.execute(status -> {
            if (!open.hold(request.userId())) throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
            if (!requests.use(id)) return false;
            var refreshToken = refresh == null ? null : refresh.getToken().getTokenValue();
            var opened = sessions.open(
                    session,
                    request.login().session(),
                    refreshToken,
                    ProviderContext.current().from());
            if (!opened) throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
            return true;
        }));
        if (used) return;
        sessions.end(id, OAuthSessions.CODE_REUSED);
        throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
    }

    private void rotate(OAuth2Authorization authorization, String presented) {
        var next = Objects.requireNonNull(authorization.getRefreshToken()).getToken();
        if (!sessions.rotate(presented, next.getTokenValue()))
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
    }

    private void openForItself(OAuth2Authorization authorization) {
        var claims = Objects.requireNonNull(
                Objects.requireNonNull(authorization.getAccessToken()).getClaims());
        sessions.openForItself(
                UUID.fromString(String.valueOf(claims.get(Tokens.SESSION))),
                new OAuthClient(authorization.getRegisteredClientId(), authorization.getAuthorizedScopes()),
                ProviderContext.current().from());
    }

    @Override
    public void remove(OAuth2Authorization authorization) {
        requests.delete(idOf(authorization));
    }

    @Override
    public @Nullable OAuth2Authorization findById(String id) {
        throw new UnsupportedOperationException("nobody looks for authorizations by their id");
    }

    @Override
    public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
        if (type == null) {
            var byRefreshToken = byRefreshToken(token);
            return byRefreshToken == null ? byAccessToken(token) : byRefreshToken;
        }
        return switch (type.getValue()) {
            case OAuth2ParameterNames.STATE -> question(token).map(this::asked).orElse(null);
            case OAuth2ParameterNames.CODE -> byCode(token);
            case OAuth2ParameterNames.REFRESH_TOKEN -> byRefreshTokenOnce(token);
            case OAuth2ParameterNames.ACCESS_TOKEN -> byAccessToken(token);
            default -> null;
        };
    }

    /** What a user is being asked. */
    Optional<OAuthRequest> question(String question) {
        return requests.findByQuestion(question);
    }

    private @Nullable OAuth2Authorization asked(OAuthRequest request) {
        var builder = builder(request);
        return builder == null ? null : builder.attribute(ASKED, true).build();
    }

    private @Nullable OAuth2Authorization byCode(String code) {
        if (!Opaque.isWellFormed(code)) return null;
        var kept = requests.findByCode(code).orElse(null);
        if (kept == null) return null;
        if (kept.used()) {
            sessions.end(kept.request().id(), OAuthSessions.CODE_REUSED); // one of the two has stolen it
            return null;
        }
        var builder = builder(kept.request());
        if (builder == null) return null;
        var now = Instant.now(); // whether its time has passed is the database's word
        return builder.authorizedScopes(kept.request().scopes())
                .token(new OAuth2AuthorizationCode(code, now, now.plus(RegisteredClients.CODE_LIFETIME)))
                .build();
    }

    private OAuth2Authorization.@Nullable Builder builder(OAuthRequest request) {
        var client = clients.findById(request.clientId());
        if (client == null) return null;
        var parameters = new HashMap<String, Object>(Map.of(
                PkceParameterNames.CODE_CHALLENGE,
                request.codeChallenge(),
                PkceParameterNames.CODE_CHALLENGE_METHOD,
                "S256"));
        if (request.nonce() != null) parameters.put(OidcParameterNames.NONCE, request.nonce());
        var asked = OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(client.getClientId())
                .clientId(client.getClientId())
                .redirectUri(request.redirectUri())
                .scopes(request.scopes())
                .state(request.state())
                .additionalParameters(parameters)
                .build();
        return builder(client, request.id(), request.userId(), request.login())
                .attribute(OAuth2AuthorizationRequest.class.getName(), asked);
    }

    /** A refresh token that comes a second time ends its session. */
    private @Nullable OAuth2Authorization byRefreshTokenOnce(String token) {
        var found = byRefreshToken(token);
        if (found == null) sessions.endIfReused(token);
        return found;
    }

    private @Nullable OAuth2Authorization byRefreshToken(String token) {
        return sessions.ofRefreshToken(token)
                .map(session -> {
                    var builder = builder(session);
                    return builder == null
                            ? null
                            : builder.attribute(PRESENTED, token)
                                    .refreshToken(new OAuth2RefreshToken(token, Instant.now()))
                                    .build();
                })
                .orElse(null);
    }

    private @Nullable OAuth2Authorization byAccessToken(String token) {
        return sessions.ofAccessToken(token).map(this::presented).orElse(null);
    }

    private @Nullable OAuth2Authorization presented(Presented presented) {
        var builder = builder(presented.session());
        if (builder == null) return null;
        var token = presented.token();
        var scopes = Set.of(String.valueOf(token.claims().get("scope")).split(" "));
        return builder.token(
                        new OAuth2AccessToken(
                                OAuth2AccessToken.TokenType.BEARER,
                                token.token(),
                                token.issuedAt(),
                                token.expiresAt(),
                                scopes),
                        metadata -> metadata.put(
                                OAuth2Authorization.Token.CLAIMS_METADATA_NAME, Tokens.withInstants(token.claims())))
                .build();
    }

    private OAuth2Authorization.@Nullable Builder builder(OAuthSession session) {
        var client = clients.findById(session.clientId());
        if (client == null) return null;
        var login = new Login(session.id(), session.authenticatedAt(), session.methods());
        return builder(client, session.id(), session.userId(), login).authorizedScopes(session.scopes());
    }

    private static OAuth2Authorization.Builder builder(RegisteredClient client, UUID id, long userId, Login login) {
        var user = new BrowserLogin(new Caller(userId, Set.of(), login), login);
        return OAuth2Authorization.withRegisteredClient(client)
                .id(id.toString())
                .principalName(user.getName())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .attribute(Principal.class.getName(), user);
    }

    private static OAuthRequest request(OAuth2Authorization authorization) {
        OAuth2AuthorizationRequest asked =
                Objects.requireNonNull(authorization.getAttribute(OAuth2AuthorizationRequest.class.getName()));
        BrowserLogin user = Objects.requireNonNull(authorization.getAttribute(Principal.class.getName()));
        var parameters = asked.getAdditionalParameters();
        var scopes = authorization.getAuthorizedScopes();
        return new OAuthRequest(
                idOf(authorization),
                authorization.getRegisteredClientId(),
                user.userId(),
                user.login(),
                Objects.requireNonNull(asked.getRedirectUri()),
                scopes.isEmpty() ? asked.getScopes() : scopes,
                asked.getState(),
                (String) parameters.get(OidcParameterNames.NONCE),
                String.valueOf(parameters.get(PkceParameterNames.CODE_CHALLENGE)));
    }

    private static UUID idOf(OAuth2Authorization authorization) {
        return UUID.fromString(authorization.getId());
    }

    private static boolean isInvalidated(OAuth2Authorization.@Nullable Token<?> token) {
        return token != null && token.isInvalidated();
    }
}
