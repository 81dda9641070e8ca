package kontor.accounts.sessions;

import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.OAuthClient;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Sessions of OAuth clients: those in which they act on behalf of a user, and the short ones in which they act for
 * themselves. They end as the user's other sessions do, and with the browser's session that they were opened in.
 */
@Service
public class OAuthSessions {
    public static final String CLIENT_DISABLED = "client_disabled";
    public static final String GRANT_WITHDRAWN = "grant_withdrawn";
    public static final String REVOKED = "revoked_by_client";
    public static final String CODE_REUSED = "code_reused";
    private static final String REFRESH_TOKEN_REUSED = "refresh_token_reused";
    private static final Set<String> STOLEN = Set.of(CODE_REUSED, REFRESH_TOKEN_REUSED);
    private static final Duration ID_TOKEN_LIFETIME = Duration.ofMinutes(5); // it is read once, at the login
    private final OAuthSessionStore store;
    private final SessionStore sessions;
    private final RefreshTokenStore refreshTokens;
    private final AccessTokens tokens;
    private final KnownTokens known;
    private final SessionSettings settings;
    private final AuditLog log;

    OAuthSessions(
            OAuthSessionStore store,
            SessionStore sessions,
            RefreshTokenStore refreshTokens,
            AccessTokens tokens,
            KnownTokens known,
            SessionSettings settings,
            AuditLog log) {
        this.store = store;
        this.sessions = sessions;
        this.refreshTokens = refreshTokens;
        this.tokens = tokens;
        this.known = known;
        this.settings = settings;
        this.log = log;
    }

    /** An access token that is found wherever it was put, and what it says. */
    public record Presented(OAuthSession session, IssuedToken token) {}

    /** Signs an access token; it is good as soon as its session is opened. */
    public IssuedToken accessToken(UUID session, long userId, OAuthClient client) {
        return tokens.issue(userId, client, session);
    }

    /** Signs an ID token with these claims, besides those that every token has. */
    public IssuedToken idToken(Map<String, Object> claims) {
        return tokens.issueIdToken(claims, ID_TOKEN_LIFETIME);
    }

    /** How long a refresh token may lie unused. */
    public Duration refreshLifetime() {
        return settings.refreshLifetime();
    }

    /**
     * Opens the session of a client that a user has let in. Takes part in the caller's transaction.
     *
     * @param openedIn the browser's session that the user did it in
     * @return false, and nothing is opened, when that does not stand any more
     */
    public boolean open(OAuthSession session, UUID openedIn, @Nullable String refreshToken, Client from) {
        if (!store.insert(session, openedIn, from, settings.sessionLifetime())) return false;
        if (refreshToken != null)
            refreshTokens.insert(session.id(), 1, Opaque.hash(refreshToken), settings.refreshLifetime());
        return true;
    }

    /** Opens the session of a client that acts for itself, for as long as one access token is good. */
    public void openForItself(UUID session, OAuthClient client, Client from) {
        store.insertForItself(session, client, from, settings.tokenLifetime());
    }

    /** The session that an access token stands on; nothing when it is not a client's, or not good any more. */
    public Optional<Presented> ofAccessToken(String token) {
        return tokens.verify(token)
                .filter(verified -> verified.client() != null)
                .flatMap(
                        verified -> store.find(verified.session()).map(session -> new Presented(session, read(token))));
    }

    /** The session that a refresh token stands on, if it may be used. */
    public Optional<OAuthSession> ofRefreshToken(String token) {
        return Opaque.isWellFormed(token) ? store.findByRefreshToken(Opaque.hash(token)) : Optional.empty();
    }

    /**
     * Trades a refresh token for the next one. One that comes a second time has been stolen, by then or now: its session
     * ends.
     *
     * @return false when it had been used, or its session does not stand any more
     */
    public boolean rotate(String refreshToken, String next) {
        if (store.rotate(Opaque.hash(refreshToken), Opaque.hash(next), settings.refreshLifetime())) return true;
        endIfReused(refreshToken);
        return false;
    }

    /** Ends the session of a refresh token that had been used before. */
    public void endIfReused(String refreshToken) {
        if (!Opaque.isWellFormed(refreshToken)) return;
        store.sessionOfSpent(Opaque.hash(refreshToken)).ifPresent(session -> end(session, REFRESH_TOKEN_REUSED));
    }

    public void end(UUID session, String reason) {
        if (sessions.endFamily(session, reason) && STOLEN.contains(reason))
            log.recordRefused(
                    Act.of("sessions.end", "session:" + session).with(Map.of("session", session, "reason", reason)));
        known.forget(session);
    }

    /** Ends what a client has open, for one user or for all and itself. Takes part in the caller's transaction. */
    public void endOf(String clientId, @Nullable Long userId, String reason) {
        store.endOf(clientId, userId, reason);
        known.forgetClient(clientId);
    }

    private static IssuedToken read(String token) {
        try {
            var claims = SignedJWT.parse(token).getJWTClaimsSet();
            return new IssuedToken(
                    token,
                    claims.getIssueTime().toInstant(),
                    claims.getExpirationTime().toInstant(),
                    claims.getClaims());
        } catch (ParseException e) {
            throw new IllegalStateException("it was verified just now", e);
        }
    }
}
