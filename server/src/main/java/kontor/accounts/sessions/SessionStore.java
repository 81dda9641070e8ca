package kontor.accounts.sessions;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sessions in the database. */
@Repository
class SessionStore {
    /** One that stands: neither it nor its user has come to an end. */
    static final String STANDING = """
            FROM accounts.sessions s JOIN accounts.users u ON u.id = s.user_id
            WHERE s.ended_at IS NULL AND s.expires_at > now()
              AND (s.kind <> 'cookie' OR s.last_used_at > now() - CAST(:idle AS interval))
              AND u.disabled_at IS NULL AND u.erased_at IS NULL
            """;

    private final JdbcClient jdbc;
    private final String idle;

    SessionStore(JdbcClient jdbc, SessionSettings settings) {
        this.jdbc = jdbc;
        this.idle = settings.cookieIdle().toString();
    }

    UUID insert(
            long userId,
            SessionKind kind,
            byte @Nullable [] cookieHash,
            Collection<String> methods,
            Client client,
            Duration lifetime) {
        return jdbc.sql("""
                        INSERT INTO accounts.sessions
                            (user_id, kind, cookie_hash, seed, methods, network, user_agent, expires_at)
                        VALUES (:user, :kind, :cookie, :seed, :methods, :network, :agent, now() + CAST(:lifetime AS interval))
                        RETURNING id
                        """)
                .param("user", userId)
                .param("kind", kind.name().toLowerCase(java.util.Locale.ROOT))
                .param("cookie", cookieHash)
                .param("seed", Opaque.seed())
                .param("methods", methods.toArray(String[]::new))
                .param("network", client.network())
                .param("agent", client.userAgent())
                .param("lifetime", lifetime.toString())
                .query(UUID.class)
                .single();
    }

    /** The names of a user's roles, for their tokens. */
    List<String> roles(long userId) {
        return jdbc.sql("SELECT role FROM accounts.user_roles WHERE user_id = :user ORDER BY role")
                .param("user", userId)
                .query(String.class)
                .list();
    }

    /** Newest first, those that stand. */
    List<Session> list(long userId, @Nullable UUID current) {
        return jdbc.sql("""
                        SELECT s.id, s.kind, s.methods, s.network, s.user_agent, s.created_at, s.last_used_at, s.expires_at
                        """ + STANDING + " AND s.user_id = :user ORDER BY s.created_at DESC, s.id")
                .param("idle", idle)
                .param("user", userId)
                .query((row, _) -> new Session(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        List.of(strings(row, "methods")),
                        row.getString("network"),
                        row.getString("user_agent"),
                        instant(row, "created_at"),
                        instant(row, "last_used_at"),
                        instant(row, "expires_at"),
                        row.getObject("id", UUID.class).equals(current)))
                .list();
    }

    /** @return false when this user has no such session that goes on */
    boolean end(UUID session, long userId, String reason) {
        return jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE id = :id AND user_id = :user AND ended_at IS NULL
                        """)
                        .param("reason", reason)
                        .param("id", session)
                        .param("user", userId)
                        .update()
                == 1;
    }

    /** @param but a session that goes on; null for none */
    int endAll(long userId, @Nullable UUID but, String reason) {
        return jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE user_id = :user AND ended_at IS NULL AND id IS DISTINCT FROM CAST(:but AS uuid)
                        """)
                .param("reason", reason)
                .param("user", userId)
                .param("but", but)
                .update();
    }

    /** Ends the sessions of clients that were opened in sessions of this user that have ended. */
    void endOpenedIn(long userId, String reason) {
        jdbc.sql("""
                        UPDATE accounts.sessions s SET ended_at = now(), end_reason = :reason
                        FROM accounts.sessions opener
                        WHERE opener.id = s.opened_in AND opener.user_id = :user AND opener.ended_at IS NOT NULL
                          AND s.ended_at IS NULL
                        """).param("reason", reason).param("user", userId).update();
    }

    /** @return false when it had ended before */
    boolean endFamily(UUID session, String reason) {
        return jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE id = :id AND ended_at IS NULL
                        """).param("reason", reason).param("id", session).update() == 1;
    }

    /** The user has shown once more who they are. */
    void authenticatedAgain(UUID session, Collection<String> methods) {
        jdbc.sql("""
                        UPDATE accounts.sessions
                        SET authenticated_at = now(),
                            methods = methods || ARRAY(SELECT m FROM unnest(CAST(:methods AS text[])) m WHERE m <> ALL (methods))
                        WHERE id = :id AND ended_at IS NULL
                        """)
                .param("methods", methods.toArray(String[]::new))
                .param("id", session)
                .update();
    }

    /** What a user's sessions have shown of a second factor counts no more. */
    void forgetSecondFactor(long userId) {
        jdbc.sql("""
                        UPDATE accounts.sessions SET methods = array_remove(methods, CAST(:word AS text))
                        WHERE user_id = :user AND ended_at IS NULL AND methods <> ARRAY[CAST(:word AS text)]
                        """)
                .param("word", Sessions.SEVERAL_FACTORS)
                .param("user", userId)
                .update();
    }

    void used(Collection<UUID> sessions) {
        jdbc.sql("UPDATE accounts.sessions SET last_used_at = now() WHERE id = ANY (:ids) AND ended_at IS NULL")
                .param("ids", sessions.toArray(UUID[]::new))
                .update();
    }

    /** All that are kept of a user, newest first; those that have ended for a while too. */
    List<KeptSession> kept(long userId) {
        return jdbc.sql("""
                        SELECT id, kind, network, user_agent, created_at, last_used_at, expires_at, ended_at, end_reason
                        FROM accounts.sessions
                        WHERE user_id = :user
                        ORDER BY created_at DESC, id
                        """)
                .param("user", userId)
                .query((row, _) -> new KeptSession(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        row.getString("network"),
                        row.getString("user_agent"),
                        instant(row, "created_at"),
                        instant(row, "last_used_at"),
                        instant(row, "expires_at"),
                        row.getObject("ended_at") == null ? null : instant(row, "ended_at"),
                        row.getString("end_reason")))
                .list();
    }

    /** Deletes all sessions of a user, and with them their refresh tokens. */
    void erase(long userId) {
        jdbc.sql("DELETE FROM accounts.sessions WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    /** Takes away those that have been over for so long. */
    void clear(Duration kept) {
        jdbc.sql("""
                        DELETE FROM accounts.sessions
                        WHERE expires_at < now() - CAST(:kept AS interval) OR ended_at < now() - CAST(:kept AS interval)
                        """).param("kept", kept.toString()).update();
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
