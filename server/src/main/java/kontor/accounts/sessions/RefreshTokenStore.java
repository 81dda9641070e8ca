package kontor.accounts.sessions;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Refresh tokens in the database. */
@Repository
class RefreshTokenStore {
    private final JdbcClient jdbc;

    RefreshTokenStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A session as a refresh finds it. */
    record Refreshable(UUID session, long userId, int generation, Duration left) {}

    /** A token that was used before, or whose time is over. */
    record Spent(UUID session, long userId, byte[] seed, boolean justNow, byte @Nullable [] nonceHash) {}

    void insert(UUID session, int generation, byte[] hash, Duration lifetime) {
        jdbc.sql("""
                        INSERT INTO accounts.refresh_tokens (hash, session_id, generation, expires_at)
                        SELECT :hash, s.id, :generation, least(now() + CAST(:lifetime AS interval), s.expires_at)
                        FROM accounts.sessions s WHERE s.id = :session
                        """)
                .param("hash", hash)
                .param("session", session)
                .param("generation", generation)
                .param("lifetime", lifetime.toString())
                .update();
    }

    /**
     * Uses a token, unless it has been used, is over, or its session does not stand: of many who try, one does. Locks the
     * user first, as whoever erases them does.
     */
    Optional<Refreshable> use(byte[] hash, byte @Nullable [] nonceHash) {
        return jdbc.sql("""
                        WITH s AS (
                            SELECT s.id, s.user_id, s.expires_at
                            FROM accounts.refresh_tokens r
                            JOIN accounts.sessions s ON s.id = r.session_id
                            JOIN accounts.users u ON u.id = s.user_id
                            WHERE r.hash = :hash AND s.kind = 'token' AND s.ended_at IS NULL AND s.expires_at > now()
                              AND u.disabled_at IS NULL AND u.erased_at IS NULL
                            FOR KEY SHARE OF u, s)
                        UPDATE accounts.refresh_tokens t SET used_at = now(), nonce_hash = :nonce
                        FROM s
                        WHERE t.hash = :hash AND t.used_at IS NULL AND t.expires_at > now() AND s.id = t.session_id
                        RETURNING t.session_id, s.user_id, t.generation,
                                  extract(epoch FROM s.expires_at - now())::bigint AS seconds_left
                        """)
                .param("hash", hash)
                .param("nonce", nonceHash)
                .query(RefreshTokenStore::refreshable)
                .optional();
    }

    byte[] seed(UUID session) {
        return jdbc.sql("SELECT seed FROM accounts.sessions WHERE id = :id")
                .param("id", session)
                .query(byte[].class)
                .single();
    }

    /** A token that has been used, and whether that was within {@code grace}. */
    Optional<Spent> spent(byte[] hash, Duration grace) {
        return jdbc.sql("""
                        SELECT t.session_id, s.user_id, s.seed, t.nonce_hash, t.used_at > now() - CAST(:grace AS interval) AS just_now
                        FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.session_id
                        WHERE t.hash = :hash AND t.used_at IS NOT NULL AND s.kind = 'token'
                        """)
                .param("hash", hash)
                .param("grace", grace.toString())
                .query((row, _) -> new Spent(
                        row.getObject("session_id", UUID.class),
                        row.getLong("user_id"),
                        row.getBytes("seed"),
                        row.getBoolean("just_now"),
                        row.getBytes("nonce_hash")))
                .optional();
    }

    /** Who may go on with a token that is there and unused. */
    Optional<Refreshable> unused(byte[] hash) {
        return jdbc.sql("""
                        SELECT t.session_id, s.user_id, t.generation,
                               extract(epoch FROM s.expires_at - now())::bigint AS seconds_left
                        FROM accounts.refresh_tokens t
                        JOIN accounts.sessions s ON s.id = t.session_id
                        JOIN accounts.users u ON u.id = s.user_id
                        WHERE t.hash = :hash AND t.used_at IS NULL AND t.expires_at > now()
                          AND s.kind = 'token' AND s.ended_at IS NULL AND s.expires_at > now()
                          AND u.disabled_at IS NULL AND u.erased_at IS NULL
                        """)
                .param("hash", hash)
                .query(RefreshTokenStore::refreshable)
                .optional();
    }

    /** Takes away those whose time is over. */
    void clear() {
        jdbc.sql("DELETE FROM accounts.refresh_tokens WHERE expires_at < now()").update();
    }

    private static Refreshable refreshable(ResultSet row, int number) throws SQLException {
        return new Refreshable(
                row.getObject("session_id", UUID.class),
                row.getLong("user_id"),
                row.getInt("generation"),
                Duration.ofSeconds(row.getLong("seconds_left")));
    }
}
