package kontor.accounts.sessions;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tokens that are good once and not for long: links in mails, tickets between two steps of a login. One is used by
 * deleting its row, so of many who bring it one is let through.
 */
@Component
public class OneTimeTokens {
    private final JdbcClient jdbc;

    OneTimeTokens(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What a token is for.
     *
     * @param userId whom it is for; null when that is not known yet
     * @param content in the words of its purpose
     */
    public record Meaning(@Nullable Long userId, @Nullable String content) {}

    /**
     * Makes a token that is good for this purpose alone, such as {@code reset_password}; for somebody who has been erased
     * meanwhile one that is good for nothing.
     */
    public String issue(String purpose, Meaning meaning, Duration lifetime) {
        var token = Opaque.random();
        jdbc.sql("""
                        WITH owner AS (
                            SELECT id FROM accounts.users WHERE id = :user AND erased_at IS NULL FOR KEY SHARE)
                        INSERT INTO accounts.one_time_tokens (hash, purpose, user_id, content, expires_at)
                        SELECT :hash, :purpose, CAST(:user AS bigint), :content, now() + CAST(:lifetime AS interval)
                        WHERE CAST(:user AS bigint) IS NULL OR EXISTS (SELECT FROM owner)
                        """)
                .param("hash", Opaque.hash(token))
                .param("purpose", purpose)
                .param("user", meaning.userId())
                .param("content", meaning.content())
                .param("lifetime", lifetime.toString())
                .update();
        return token;
    }

    /** What a token means, which stays good. */
    public Optional<Meaning> read(String purpose, @Nullable String token) {
        if (token == null || !Opaque.isWellFormed(token)) return Optional.empty();
        return jdbc.sql("""
                        SELECT user_id, content FROM accounts.one_time_tokens
                        WHERE hash = :hash AND purpose = :purpose AND expires_at > now()
                        """)
                .param("hash", Opaque.hash(token))
                .param("purpose", purpose)
                .query((row, _) -> new Meaning(row.getObject("user_id", Long.class), row.getString("content")))
                .optional();
    }

    /** Uses a token up: what it means for the one who is first, nothing for all others. */
    public Optional<Meaning> use(String purpose, @Nullable String token) {
        if (token == null || !Opaque.isWellFormed(token)) return Optional.empty();
        return jdbc.sql("""
                        DELETE FROM accounts.one_time_tokens
                        WHERE hash = :hash AND purpose = :purpose AND expires_at > now()
                        RETURNING user_id, content
                        """)
                .param("hash", Opaque.hash(token))
                .param("purpose", purpose)
                .query((row, _) -> new Meaning(row.getObject("user_id", Long.class), row.getString("content")))
                .optional();
    }

    /** None of a user's tokens for this purpose is good any more. */
    public void withdraw(String purpose, long userId) {
        jdbc.sql("DELETE FROM accounts.one_time_tokens WHERE purpose = :purpose AND user_id = :user")
                .param("purpose", purpose)
                .param("user", userId)
                .update();
    }

    void withdrawAll(long userId) {
        jdbc.sql("DELETE FROM accounts.one_time_tokens WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    /** Takes away those whose time is over. */
    void clear() {
        jdbc.sql("DELETE FROM accounts.one_time_tokens WHERE expires_at < now()")
                .update();
    }
}
