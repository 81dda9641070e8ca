package kontor.accounts.sessions;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kontor.web.OAuthClient;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Sessions of OAuth clients in the database. */
@Repository
class OAuthSessionStore {
    private static final String STANDING = """
            SELECT s.id, coalesce(s.user_id, 0) AS user_id, s.client_id, s.scopes, s.authenticated_at, s.methods
            FROM accounts.sessions s
            JOIN accounts.oauth_clients c ON c.id = s.client_id
            LEFT JOIN accounts.users u ON u.id = s.user_id
            WHERE s.ended_at IS NULL AND s.expires_at > now() AND c.disabled_at IS NULL
              AND u.disabled_at IS NULL AND u.erased_at IS NULL
            """;
    private static final String BY_ITS_SECRET = "client_secret";
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    OAuthSessionStore(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** @return false when the session that it is opened in does not stand any more; it cannot end before this is committed */
    boolean insert(OAuthSession session, UUID openedIn, Client from, Duration lifetime) {
        return jdbc.sql("""
                        WITH opener AS (
                            SELECT id FROM accounts.sessions
                            WHERE id = :opened_in AND user_id = :user AND ended_at IS NULL AND expires_at > now()
                            FOR SHARE)
                        INSERT INTO accounts.sessions
                            (id, user_id, kind, client_id, scopes, opened_in, seed, methods, network, user_agent,
                             authenticated_at, expires_at)
                        SELECT :id, :user, 'oauth', CAST(:client AS uuid), :scopes, opener.id, :seed, :methods, :network,
                               :agent, :authenticated_at, now() + CAST(:lifetime AS interval)
                        FROM opener
                        """)
                        .param("opened_in", openedIn)
                        .param("user", session.userId())
                        .param("id", session.id())
                        .param("client", session.clientId())
                        .param("scopes", session.scopes().toArray(String[]::new))
                        .param("seed", Opaque.seed())
                        .param("methods", session.methods().toArray(String[]::new))
                        .param("network", from.network())
                        .param("agent", from.userAgent())
                        .param("authenticated_at", session.authenticatedAt().atOffset(ZoneOffset.UTC))
                        .param("lifetime", lifetime.toString())
                        .update()
                == 1;
    }

    void insertForItself(UUID id, OAuthClient client, Client from, Duration lifetime) {
        jdbc.sql("""
                        INSERT INTO accounts.sessions
                            (id, kind, client_id, scopes, seed, methods, network, user_agent, expires_at)
                        VALUES (:id, 'client', CAST(:client AS uuid), :scopes, :seed, :methods, :network, :agent,
                                now() + CAST(:lifetime AS interval))
                        """)
                .param("id", id)
                .param("client", client.id())
                .param("scopes", client.scopes().toArray(String[]::new))
                .param("seed", Opaque.seed())
                .param("methods", new String[] {BY_ITS_SECRET})
                .param("network", from.network())
                .param("agent", from.userAgent())
                .param("lifetime", lifetime.toString())
                .update();
    }

    Optional<OAuthSession> find(UUID id) {
        return jdbc.sql(STANDING + " AND s.id = :id")
                .param("id", id)
                .query(OAuthSessionStore::session)
                .optional();
    }

    /** By a refresh token that may be used. */
    Optional<OAuthSession> findByRefreshToken(byte[] hash) {
        return jdbc.sql(STANDING + """
                        AND s.id = (SELECT session_id FROM accounts.refresh_tokens
                                    WHERE hash = :hash AND used_at IS NULL AND expires_at > now())
                        """)
                .param("hash", hash)
                .query(OAuthSessionStore::session)
                .optional();
    }

    Optional<UUID> sessionOfSpent(byte[] refreshHash) {
        return jdbc.sql("""
                        SELECT s.id FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.session_id
                        WHERE t.hash = :hash AND t.used_at IS NOT NULL AND s.kind = 'oauth'
                        """).param("hash", refreshHash).query(UUID.class).optional();
    }

    /** Uses a refresh token up and writes its successor: of many who try, one does. */
    boolean rotate(byte[] hash, byte[] next, Duration lifetime) {
        return Boolean.TRUE.equals(transaction.execute(_ -> {
            var used = jdbc.sql("""
                            WITH s AS (
                                SELECT s.id
                                FROM accounts.refresh_tokens r
                                JOIN accounts.sessions s ON s.id = r.session_id
                                JOIN accounts.users u ON u.id = s.user_id
                                WHERE r.hash = :hash AND s.kind = 'oauth' AND s.ended_at IS NULL AND s.expires_at > now()
                                  AND u.disabled_at IS NULL AND u.erased_at IS NULL
                                FOR KEY SHARE OF u, s)
                            UPDATE accounts.refresh_tokens t SET used_at = now()
                            FROM s
                            WHERE t.hash = :hash AND t.used_at IS NULL AND t.expires_at > now() AND s.id = t.session_id
                            """).param("hash", hash).update();
            if (used == 0) return false;
            return jdbc.sql("""
                                    INSERT INTO accounts.refresh_tokens (hash, session_id, generation, expires_at)
                                    SELECT :next, s.id, t.generation + 1,
                                           least(now() + CAST(:lifetime AS interval), s.expires_at)
                                    FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.session_id
                                    WHERE t.hash = :hash
                                    """)
                            .param("next", next)
                            .param("hash", hash)
                            .param("lifetime", lifetime.toString())
                            .update()
                    == 1;
        }));
    }

    /** @param userId null for all users and the client itself */
    void endOf(String clientId, @Nullable Long userId, String reason) {
        jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE client_id = CAST(:client AS uuid) AND ended_at IS NULL
                          AND (CAST(:user AS bigint) IS NULL OR user_id = :user)
                        """)
                .param("reason", reason)
                .param("client", clientId)
                .param("user", userId)
                .update();
    }

    private static OAuthSession session(ResultSet row, int number) throws SQLException {
        return new OAuthSession(
                row.getObject("id", UUID.class),
                row.getLong("user_id"),
                row.getString("client_id"),
                Set.of((String[]) row.getArray("scopes").getArray()),
                row.getObject("authenticated_at", OffsetDateTime.class).toInstant(),
                Set.of((String[]) row.getArray("methods").getArray()));
    }
}
