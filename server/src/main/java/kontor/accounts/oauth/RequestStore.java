package kontor.accounts.oauth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kontor.accounts.sessions.Opaque;
import kontor.web.Login;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What clients have asked users for, in the database, until its code is over. */
@Repository
class RequestStore {
    private static final String REQUEST = """
            SELECT id, client_id, user_id, session_id, redirect_uri, scopes, state, nonce, code_challenge, authenticated_at,
                   methods, used_at IS NOT NULL AS is_used
            FROM accounts.oauth_requests
            """;
    private final JdbcClient jdbc;

    RequestStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Kept(OAuthRequest request, boolean used) {}

    /** Writes a question to the user, or with a code at once a request that nobody need be asked about. The user is held open. */
    void insert(OAuthRequest request, @Nullable String question, @Nullable String code, Duration lifetime) {
        jdbc.sql("""
                        INSERT INTO accounts.oauth_requests
                            (id, client_id, user_id, session_id, redirect_uri, scopes, state, nonce, code_challenge,
                             authenticated_at, methods, question_hash, code_hash, expires_at)
                        VALUES (:id, CAST(:client AS uuid), :user, :session, :redirect, :scopes, :state, :nonce, :challenge,
                                :authenticated_at, :methods, :question, :code, now() + CAST(:lifetime AS interval))
                        """)
                .param("id", request.id())
                .param("client", request.clientId())
                .param("user", request.userId())
                .param("session", request.login().session())
                .param("redirect", request.redirectUri())
                .param("scopes", request.scopes().toArray(String[]::new))
                .param("state", request.state())
                .param("nonce", request.nonce())
                .param("challenge", request.codeChallenge())
                .param("authenticated_at", request.login().at().atOffset(ZoneOffset.UTC))
                .param("methods", request.login().methods().toArray(String[]::new))
                .param("question", question == null ? null : Opaque.hash(question))
                .param("code", code == null ? null : Opaque.hash(code))
                .param("lifetime", lifetime.toString())
                .update();
    }

    Optional<OAuthRequest> findByQuestion(String question) {
        return jdbc.sql(REQUEST + "WHERE question_hash = :hash AND expires_at > now()")
                .param("hash", Opaque.hash(question))
                .query(RequestStore::kept)
                .optional()
                .map(Kept::request);
    }

    /** A code that is used is found as long as it is kept; one that is not, for as long as it is good. */
    Optional<Kept> findByCode(String code) {
        return jdbc.sql(REQUEST + "WHERE code_hash = :hash AND (used_at IS NOT NULL OR expires_at > now())")
                .param("hash", Opaque.hash(code))
                .query(RequestStore::kept)
                .optional();
    }

    /** Turns a question that the user has answered into a code. @return false when it was answered before */
    boolean answer(UUID id, Set<String> scopes, String code, Duration lifetime) {
        return jdbc.sql("""
                        UPDATE accounts.oauth_requests
                        SET question_hash = NULL, code_hash = :code, scopes = :scopes,
                            expires_at = now() + CAST(:lifetime AS interval)
                        WHERE id = :id AND question_hash IS NOT NULL AND expires_at > now()
                        """)
                        .param("code", Opaque.hash(code))
                        .param("scopes", scopes.toArray(String[]::new))
                        .param("lifetime", lifetime.toString())
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Uses a code up: of many who try, one does. */
    boolean use(UUID id) {
        return jdbc.sql("""
                        UPDATE accounts.oauth_requests SET used_at = now()
                        WHERE id = :id AND code_hash IS NOT NULL AND used_at IS NULL AND expires_at > now()
                        """).param("id", id).update() == 1;
    }

    void delete(UUID id) {
        jdbc.sql("DELETE FROM accounts.oauth_requests WHERE id = :id")
                .param("id", id)
                .update();
    }

    /** Whatever a client waits for from a user. */
    void deleteOf(UUID clientId, long userId) {
        jdbc.sql(
                        "DELETE FROM accounts.oauth_requests WHERE client_id = :client AND user_id = :user AND used_at IS NULL")
                .param("client", clientId)
                .param("user", userId)
                .update();
    }

    void deleteAll(long userId) {
        jdbc.sql("DELETE FROM accounts.oauth_requests WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    /** Takes away those that have been over for so long: a code that comes again before still ends what it gave. */
    void clear(Duration kept) {
        jdbc.sql("DELETE FROM accounts.oauth_requests WHERE expires_at < now() - CAST(:kept AS interval)")
                .param("kept", kept.toString())
                .update();
    }

    private static Kept kept(ResultSet row, int number) throws SQLException {
        return new Kept(
                new OAuthRequest(
                        row.getObject("id", UUID.class),
                        row.getString("client_id"),
                        row.getLong("user_id"),
                        new Login(
                                row.getObject("session_id", UUID.class),
                                row.getObject("authenticated_at", OffsetDateTime.class)
                                        .toInstant(),
                                Set.of(strings(row, "methods"))),
                        row.getString("redirect_uri"),
                        Set.of(strings(row, "scopes")),
                        row.getString("state"),
                        row.getString("nonce"),
                        row.getString("code_challenge")),
                row.getBoolean("is_used"));
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
