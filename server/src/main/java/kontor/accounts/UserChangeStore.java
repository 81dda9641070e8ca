package kontor.accounts;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What changes about users in the database. Each says with its result whether it found them as they must be. */
@Repository
class UserChangeStore {
    private static final String OPEN = "disabled_at IS NULL AND erased_at IS NULL";
    private final JdbcClient jdbc;

    UserChangeStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keeps a user as they are until the transaction ends; orders that name them wait too. @return false for nobody */
    boolean lock(long id) {
        return jdbc.sql("SELECT id FROM accounts.users WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    Set<String> permissionsOf(long id) {
        return Set.copyOf(jdbc.sql("""
                        SELECT DISTINCT unnest(permissions)
                        FROM accounts.user_roles JOIN accounts.roles ON roles.name = user_roles.role
                        WHERE user_id = :id
                        """).param("id", id).query(String.class).list());
    }

    /**
     * Puts another name and password to an account that nobody has come into yet, and that has no rights.
     *
     * @return its id; nothing when there is no such account
     */
    Optional<Long> registerAnew(Registration.Checked wanted, String passwordHash) {
        return jdbc.sql("""
                        UPDATE accounts.users
                        SET name = :name, password_hash = :hash, version = version + 1
                        WHERE lower(email) = lower(:email) AND must_verify_email AND email_verified_at IS NULL
                          AND password_hash IS NOT NULL AND disabled_at IS NULL AND erased_at IS NULL
                          AND NOT EXISTS (SELECT FROM accounts.user_roles WHERE user_id = users.id AND role <> 'customer')
                        RETURNING id
                        """)
                .param("name", wanted.name())
                .param("hash", passwordHash)
                .param("email", wanted.email())
                .query(Long.class)
                .optional();
    }

    /**
     * @param passwordHash the one that was compared
     * @return false when the account has another address or password meanwhile, or is closed
     */
    boolean verifyEmail(long id, String email, String passwordHash) {
        return jdbc.sql("""
                        UPDATE accounts.users SET email_verified_at = coalesce(email_verified_at, now())
                        WHERE id = :id AND lower(email) = lower(:email) AND password_hash = :hash AND
                        """ + OPEN)
                        .param("id", id)
                        .param("email", email)
                        .param("hash", passwordHash)
                        .update()
                == 1;
    }

    /** @return false when the password is not {@code from} any more, or the account is closed */
    boolean changePassword(long id, String from, String to) {
        return jdbc.sql("UPDATE accounts.users SET password_hash = :to WHERE id = :id AND password_hash = :from AND "
                                + OPEN)
                        .param("id", id)
                        .param("from", from)
                        .param("to", to)
                        .update()
                == 1;
    }

    /** The same for somebody who has shown that mail to this address reaches them, whatever the password was. */
    boolean resetPassword(long id, String email, String to) {
        return jdbc.sql("""
                        UPDATE accounts.users
                        SET password_hash = :to, email_verified_at = coalesce(email_verified_at, now())
                        WHERE id = :id AND lower(email) = lower(:email) AND
                        """ + OPEN)
                        .param("id", id)
                        .param("email", email)
                        .param("to", to)
                        .update()
                == 1;
    }

    /**
     * @param version null for any
     * @param change what is null in it stays
     * @return false when there is no such user at this version
     */
    boolean changeProfile(long id, @Nullable Long version, UserChange change) {
        return jdbc.sql("""
                        UPDATE accounts.users
                        SET name = coalesce(CAST(:name AS text), name),
                            locale = coalesce(CAST(:locale AS text), locale),
                            time_zone = coalesce(CAST(:time_zone AS text), time_zone),
                            version = version + 1
                        WHERE id = :id AND erased_at IS NULL AND version = coalesce(CAST(:version AS bigint), version)
                        """)
                        .param("name", change.name())
                        .param("locale", change.locale())
                        .param("time_zone", change.timeZone())
                        .param("id", id)
                        .param("version", version)
                        .update()
                == 1;
    }

    /**
     * @return false when the address is not {@code from} any more, or the account is closed
     * @throws org.springframework.dao.DuplicateKeyException when somebody else has {@code to}
     */
    boolean changeEmail(long id, String from, String to) {
        return jdbc.sql("""
                        UPDATE accounts.users
                        SET email = :to, email_verified_at = now(), version = version + 1
                        WHERE id = :id AND lower(email) = lower(:from) AND
                        """ + OPEN)
                        .param("id", id)
                        .param("from", from)
                        .param("to", to)
                        .update()
                == 1;
    }

    /** @return false when it was so already */
    boolean disable(long id) {
        return jdbc.sql("UPDATE accounts.users SET disabled_at = now() WHERE id = :id AND " + OPEN)
                        .param("id", id)
                        .update()
                == 1;
    }

    /** @return false when it was so already */
    boolean enable(long id) {
        return jdbc.sql("""
                        UPDATE accounts.users SET disabled_at = NULL
                        WHERE id = :id AND disabled_at IS NOT NULL AND erased_at IS NULL
                        """).param("id", id).update() == 1;
    }

    /** Takes the person out of the record. The id stays, for the books name it. */
    void erase(long id) {
        jdbc.sql("DELETE FROM accounts.user_roles WHERE user_id = :id")
                .param("id", id)
                .update();
        jdbc.sql("""
                        UPDATE accounts.users
                        SET name = 'Erased', email = 'erased:' || id, password_hash = NULL, email_verified_at = NULL,
                            locale = NULL, time_zone = NULL, erased_at = now(), version = version + 1
                        WHERE id = :id
                        """).param("id", id).update();
    }
}
