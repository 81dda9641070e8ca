package kontor.accounts.factors;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Passkeys and what authenticators call their owners. */
@Repository
class PasskeyStore {
    private static final String PASSKEY =
            "SELECT id, name, synced, transports, created_at, last_used_at, credential_id FROM accounts.passkeys ";
    private final JdbcClient jdbc;

    PasskeyStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What an assertion is verified against.
     *
     * @param handle what the authenticator calls the user
     * @param credential attested credential data
     */
    record Credential(long passkeyId, long userId, byte[] handle, byte[] credential, long signCount, boolean synced) {}

    /** What a browser is told of a passkey. */
    record Known(byte[] credentialId, List<String> transports) {}

    /** What authenticators call this user, from the first time on. The user is held open. */
    byte[] handle(long userId, byte[] whenNew) {
        jdbc.sql("INSERT INTO accounts.passkey_owners (user_id, handle) VALUES (:user, :handle) ON CONFLICT DO NOTHING")
                .param("user", userId)
                .param("handle", whenNew)
                .update();
        return jdbc.sql("SELECT handle FROM accounts.passkey_owners WHERE user_id = :user")
                .param("user", userId)
                .query(byte[].class)
                .single();
    }

    /** @return nothing, and nothing written, when there is one with this credential id */
    Optional<Passkey> insert(
            long userId,
            String name,
            byte[] credentialId,
            byte[] credential,
            long signCount,
            boolean synced,
            Collection<String> transports) {
        return jdbc.sql("""
                        INSERT INTO accounts.passkeys
                            (user_id, name, credential_id, credential, sign_count, synced, transports)
                        VALUES (:user, :name, :credential_id, :credential, :sign_count, :synced, :transports)
                        ON CONFLICT (credential_id) DO NOTHING
                        RETURNING id, name, synced, transports, created_at, last_used_at
                        """)
                .param("user", userId)
                .param("name", name)
                .param("credential_id", credentialId)
                .param("credential", credential)
                .param("sign_count", signCount)
                .param("synced", synced)
                .param("transports", transports.toArray(String[]::new))
                .query(PasskeyStore::passkey)
                .optional();
    }

    /** Oldest first. */
    List<Passkey> list(long userId) {
        return jdbc.sql(PASSKEY + "WHERE user_id = :user ORDER BY id")
                .param("user", userId)
                .query(PasskeyStore::passkey)
                .list();
    }

    Optional<Passkey> find(long userId, long passkeyId) {
        return jdbc.sql(PASSKEY + "WHERE user_id = :user AND id = :id")
                .param("user", userId)
                .param("id", passkeyId)
                .query(PasskeyStore::passkey)
                .optional();
    }

    List<Known> known(long userId) {
        return jdbc.sql(PASSKEY + "WHERE user_id = :user ORDER BY id")
                .param("user", userId)
                .query((row, _) -> new Known(row.getBytes("credential_id"), List.of(strings(row))))
                .list();
    }

    Optional<Credential> credential(byte[] credentialId) {
        return jdbc.sql("""
                        SELECT p.id, p.user_id, o.handle, p.credential, p.sign_count, p.synced
                        FROM accounts.passkeys p JOIN accounts.passkey_owners o ON o.user_id = p.user_id
                        WHERE p.credential_id = :credential
                        """)
                .param("credential", credentialId)
                .query((row, _) -> new Credential(
                        row.getLong("id"),
                        row.getLong("user_id"),
                        row.getBytes("handle"),
                        row.getBytes("credential"),
                        row.getLong("sign_count"),
                        row.getBoolean("synced")))
                .optional();
    }

    /**
     * Takes down that it was used.
     *
     * @param signCount 0 from authenticators that do not count
     * @return false when the count has not risen: somebody else was faster, or there is a copy
     */
    boolean used(long passkeyId, long signCount) {
        return jdbc.sql("""
                        UPDATE accounts.passkeys SET sign_count = :count, last_used_at = now()
                        WHERE id = :id AND (sign_count < :count OR (sign_count = 0 AND :count = 0))
                        """).param("count", signCount).param("id", passkeyId).update() == 1;
    }

    boolean remove(long userId, long passkeyId) {
        return jdbc.sql("DELETE FROM accounts.passkeys WHERE user_id = :user AND id = :id")
                        .param("user", userId)
                        .param("id", passkeyId)
                        .update()
                == 1;
    }

    /** @return whether there were any */
    boolean removeAll(long userId) {
        return jdbc.sql("DELETE FROM accounts.passkeys WHERE user_id = :user")
                        .param("user", userId)
                        .update()
                > 0;
    }

    /** The user's passkeys, and that there ever were some. */
    void erase(long userId) {
        jdbc.sql("DELETE FROM accounts.passkey_owners WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    private static Passkey passkey(ResultSet row, int number) throws SQLException {
        var lastUsed = row.getObject("last_used_at", OffsetDateTime.class);
        return new Passkey(
                row.getLong("id"),
                row.getString("name"),
                row.getBoolean("synced"),
                List.of(strings(row)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                lastUsed == null ? null : lastUsed.toInstant());
    }

    private static String[] strings(ResultSet row) throws SQLException {
        return (String[]) row.getArray("transports").getArray();
    }
}
