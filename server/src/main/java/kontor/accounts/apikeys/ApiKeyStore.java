package kontor.accounts.apikeys;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** API keys in the database. */
@Repository
class ApiKeyStore {
    private static final String COLUMNS = """
            id, user_id, name, beginning, scopes, requests_per_second, created_at, expires_at, last_used_at,
            last_used_network, revoked_at
            """;
    private final JdbcClient jdbc;

    ApiKeyStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The database's time. */
    Instant now() {
        return jdbc.sql("SELECT now()")
                .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
                .single();
    }

    /** How many keys of this user are good. */
    int count(long userId) {
        return jdbc.sql("""
                        SELECT count(*) FROM accounts.api_keys
                        WHERE user_id = :user AND revoked_at IS NULL AND expires_at > now()
                        """).param("user", userId).query(Integer.class).single();
    }

    ApiKey insert(
            long userId,
            String name,
            byte[] hash,
            String beginning,
            Collection<String> scopes,
            @Nullable Integer requestsPerSecond,
            Instant expiresAt) {
        return jdbc.sql("""
                        INSERT INTO accounts.api_keys
                            (user_id, name, hash, beginning, scopes, requests_per_second, expires_at)
                        VALUES (:user, :name, :hash, :beginning, :scopes, :requests_per_second, :expires_at)
                        RETURNING\s""" + COLUMNS)
                .param("user", userId)
                .param("name", name)
                .param("hash", hash)
                .param("beginning", beginning)
                .param("scopes", scopes.toArray(String[]::new))
                .param("requests_per_second", requestsPerSecond)
                .param("expires_at", expiresAt.atOffset(ZoneOffset.UTC))
                .query(ApiKeyStore::apiKey)
                .single();
    }

    /**
     * Newest first.
     *
     * @param userId whose; null for everybody's
     * @param before the id that the page begins behind
     */
    List<ApiKey> list(@Nullable Long userId, long before, int limit) {
        return jdbc.sql("SELECT " + COLUMNS + """
                        FROM accounts.api_keys
                        WHERE id < :before AND (CAST(:user AS bigint) IS NULL OR user_id = :user)
                        ORDER BY id DESC
                        LIMIT :limit
                        """)
                .param("before", before)
                .param("user", userId)
                .param("limit", limit)
                .query(ApiKeyStore::apiKey)
                .list();
    }

    /** @param userId whose it must be; null for anybody's */
    Optional<ApiKey> find(long id, @Nullable Long userId) {
        return jdbc.sql("SELECT " + COLUMNS + """
                        FROM accounts.api_keys
                        WHERE id = :id AND (CAST(:user AS bigint) IS NULL OR user_id = :user)
                        """)
                .param("id", id)
                .param("user", userId)
                .query(ApiKeyStore::apiKey)
                .optional();
    }

    /** @return nothing, and nothing written, when it had been revoked */
    Optional<ApiKey> revoke(long id) {
        return jdbc.sql("""
                        UPDATE accounts.api_keys SET revoked_at = now()
                        WHERE id = :id AND revoked_at IS NULL
                        RETURNING\s""" + COLUMNS)
                .param("id", id)
                .query(ApiKeyStore::apiKey)
                .optional();
    }

    /** Takes away keys that have been no good for so long. @return their ids */
    List<Long> clear(Duration kept) {
        return jdbc.sql("""
                        DELETE FROM accounts.api_keys
                        WHERE least(expires_at, coalesce(revoked_at, expires_at)) < now() - CAST(:kept AS interval)
                        RETURNING id
                        """).param("kept", kept.toString()).query(Long.class).list();
    }

    /** Takes all keys of a user away. @return their ids */
    List<Long> erase(long userId) {
        return jdbc.sql("DELETE FROM accounts.api_keys WHERE user_id = :user RETURNING id")
                .param("user", userId)
                .query(Long.class)
                .list();
    }

    private static ApiKey apiKey(ResultSet row, int number) throws SQLException {
        return new ApiKey(
                row.getLong("id"),
                row.getLong("user_id"),
                row.getString("name"),
                row.getString("beginning"),
                new TreeSet<>(List.of((String[]) row.getArray("scopes").getArray())),
                row.getObject("requests_per_second", Integer.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                instant(row, "last_used_at"),
                row.getString("last_used_network"),
                instant(row, "revoked_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
