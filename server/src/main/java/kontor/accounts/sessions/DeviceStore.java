package kontor.accounts.sessions;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The browsers that users have logged in with, in the database. */
@Repository
class DeviceStore {
    private final JdbcClient jdbc;

    DeviceStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A browser that is known. */
    record Device(Instant createdAt, Instant lastUsedAt) {}

    /** Remembers a device, and forgets a user's oldest ones past so many. */
    void insert(byte[] hash, long userId, int most) {
        jdbc.sql("INSERT INTO accounts.devices (hash, user_id) VALUES (:hash, :user)")
                .param("hash", hash)
                .param("user", userId)
                .update();
        jdbc.sql("""
                        DELETE FROM accounts.devices
                        WHERE hash IN (SELECT hash FROM accounts.devices WHERE user_id = :user
                                       ORDER BY last_used_at DESC, hash OFFSET :most)
                        """).param("user", userId).param("most", most).update();
    }

    /** @return false when this user has no such device */
    boolean touch(byte[] hash, long userId) {
        return jdbc.sql("UPDATE accounts.devices SET last_used_at = now() WHERE hash = :hash AND user_id = :user")
                        .param("hash", hash)
                        .param("user", userId)
                        .update()
                == 1;
    }

    /** @param account an e-mail address, or the name that its user has in the directory */
    boolean isOf(byte[] hash, String account) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM accounts.devices d JOIN accounts.users u ON u.id = d.user_id
                                       WHERE d.hash = :hash
                                         AND (lower(u.email) = lower(:account)
                                              OR EXISTS (SELECT FROM accounts.identities i
                                                         WHERE i.user_id = u.id AND i.login_name = lower(:account))))
                        """)
                .param("hash", hash)
                .param("account", account)
                .query(Boolean.class)
                .single();
    }

    boolean isOf(byte[] hash, long userId) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM accounts.devices WHERE hash = :hash AND user_id = :user)")
                .param("hash", hash)
                .param("user", userId)
                .query(Boolean.class)
                .single();
    }

    void forget(long userId) {
        jdbc.sql("DELETE FROM accounts.devices WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    /** The newest first. */
    List<Device> list(long userId) {
        return jdbc.sql("""
                        SELECT created_at, last_used_at FROM accounts.devices
                        WHERE user_id = :user
                        ORDER BY created_at DESC, hash
                        """)
                .param("user", userId)
                .query((row, _) -> new Device(
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getObject("last_used_at", OffsetDateTime.class).toInstant()))
                .list();
    }
}
