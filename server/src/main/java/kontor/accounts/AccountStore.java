package kontor.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Users and their roles in the database. */
@Repository
class AccountStore {
    private static final String STATE = """
            CASE WHEN u.erased_at IS NOT NULL THEN 'erased'
                 WHEN u.disabled_at IS NOT NULL THEN 'disabled'
                 WHEN u.must_verify_email AND u.email_verified_at IS NULL THEN 'unverified'
                 ELSE 'active' END
            """;
    private static final String COLUMNS = "u.id, u.name, u.email, u.email_verified_at IS NOT NULL AS email_verified,"
            + " u.locale, u.time_zone, u.version, u.created_at, " + STATE + " AS state, ";
    private static final String ROLES =
            "ARRAY(SELECT role FROM accounts.user_roles WHERE user_id = u.id ORDER BY role) AS roles ";
    private static final String USER = "SELECT " + COLUMNS + ROLES + "FROM accounts.users u ";
    private final JdbcClient jdbc;

    AccountStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What a login is checked against.
     *
     * @param passwordHash null for somebody who has no password here
     */
    record Credentials(User user, @Nullable String passwordHash) {
        @Override
        public String toString() {
            return "Credentials[" + user.id() + "]";
        }
    }

    /**
     * Writes the user with one role.
     *
     * @param passwordHash null for somebody who has none yet
     * @param mustVerifyEmail whether they have to show first that mail reaches them
     * @return nothing, and nothing written, when the address is taken
     */
    Optional<User> insert(
            String name, String email, @Nullable String passwordHash, String role, boolean mustVerifyEmail) {
        return jdbc.sql("""
                        WITH u AS (
                            INSERT INTO accounts.users (name, email, password_hash, must_verify_email)
                            VALUES (:name, :email, :password_hash, :must_verify)
                            ON CONFLICT (lower(email)) DO NOTHING
                            RETURNING *),
                        granted AS (
                            INSERT INTO accounts.user_roles (user_id, role)
                            SELECT id, :role FROM u
                            RETURNING role)
                        SELECT
                        """ + COLUMNS + "ARRAY(SELECT role FROM granted) AS roles FROM u")
                .param("name", name)
                .param("email", email)
                .param("password_hash", passwordHash)
                .param("must_verify", mustVerifyEmail)
                .param("role", role)
                .query(AccountStore::user)
                .optional();
    }

    Optional<User> find(long id) {
        return jdbc.sql(USER + "WHERE u.id = :id")
                .param("id", id)
                .query(AccountStore::user)
                .optional();
    }

    /**
     * Newest first.
     *
     * @param before the id that the page begins behind
     */
    List<User> list(UserFilter filter, long before, int limit) {
        return jdbc.sql(USER + """
                        WHERE u.id < :before
                          AND (CAST(:query AS text) IS NULL
                               OR strpos(lower(u.name), lower(:query)) > 0
                               OR strpos(lower(u.email), lower(:query)) > 0)
                          AND (CAST(:role AS text) IS NULL
                               OR EXISTS (SELECT FROM accounts.user_roles WHERE user_id = u.id AND role = :role))
                          AND CASE WHEN CAST(:state AS text) IS NULL THEN u.erased_at IS NULL
                                   ELSE (%s) = :state END
                        ORDER BY u.id DESC
                        LIMIT :limit
                        """.formatted(STATE))
                .param("before", before)
                .param("query", filter.query())
                .param("role", filter.role())
                .param("state", filter.state() == null ? null : filter.state().code())
                .param("limit", limit)
                .query(AccountStore::user)
                .list();
    }

    Optional<Credentials> credentials(String email) {
        return jdbc.sql("SELECT u.password_hash, " + COLUMNS + ROLES
                        + "FROM accounts.users u WHERE lower(u.email) = lower(:email)")
                .param("email", email)
                .query((row, number) -> new Credentials(user(row, number), row.getString("password_hash")))
                .optional();
    }

    Optional<Credentials> credentials(long id) {
        return jdbc.sql("SELECT u.password_hash, " + COLUMNS + ROLES + "FROM accounts.users u WHERE u.id = :id")
                .param("id", id)
                .query((row, number) -> new Credentials(user(row, number), row.getString("password_hash")))
                .optional();
    }

    /** Whether nobody is let into the account. */
    boolean isShut(long id) {
        return jdbc.sql("SELECT disabled_at IS NOT NULL OR erased_at IS NOT NULL FROM accounts.users WHERE id = :id")
                .param("id", id)
                .query(Boolean.class)
                .optional()
                .orElse(true);
    }

    /**
     * Keeps an account as it is until the transaction ends: whoever changes its password or shuts it waits, and then ends
     * what was opened here.
     *
     * @param passwordHash the one that was compared; null where no password was
     * @return false when the account has been shut, or has another password by now
     */
    boolean holdsStill(long id, @Nullable String passwordHash) {
        return !jdbc.sql("""
                        SELECT id FROM accounts.users
                        WHERE id = :id AND disabled_at IS NULL AND erased_at IS NULL
                          AND (CAST(:hash AS text) IS NULL OR password_hash = :hash)
                        FOR SHARE
                        """)
                .param("id", id)
                .param("hash", passwordHash)
                .query(Long.class)
                .list()
                .isEmpty();
    }

    /** @return the most passes of Argon2 over so much memory that were ever agreed on, these included */
    int agreePasses(int memoryKib, int lanes, int passes) {
        return jdbc.sql("""
                        INSERT INTO accounts.hashing AS h (memory_kib, lanes, passes) VALUES (:memory, :lanes, :passes)
                        ON CONFLICT (memory_kib, lanes) DO UPDATE SET passes = greatest(h.passes, EXCLUDED.passes)
                        RETURNING passes
                        """)
                .param("memory", memoryKib)
                .param("lanes", lanes)
                .param("passes", passes)
                .query(Integer.class)
                .single();
    }

    /** Puts a stronger hash of the same password in place, unless the password has changed meanwhile. */
    void rehash(long id, String from, String to) {
        jdbc.sql("UPDATE accounts.users SET password_hash = :to WHERE id = :id AND password_hash = :from")
                .param("id", id)
                .param("from", from)
                .param("to", to)
                .update();
    }

    boolean hasAdmin() {
        return jdbc.sql("SELECT EXISTS (SELECT FROM accounts.user_roles WHERE role = 'admin')")
                .query(Boolean.class)
                .single();
    }

    boolean hasAdminBesides(String email) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM accounts.user_roles r JOIN accounts.users u ON u.id = r.user_id
                                       WHERE r.role = 'admin' AND lower(u.email) <> lower(:email))
                        """).param("email", email).query(Boolean.class).single();
    }

    /** Lets one node at a time set up what the first start sets up, until its transaction ends. */
    void awaitTurnToSetUp() {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('kontor.accounts'))").query(row -> {});
    }

    private static User user(ResultSet row, int number) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("name"),
                row.getString("email"),
                row.getBoolean("email_verified"),
                row.getString("locale"),
                row.getString("time_zone"),
                List.of(strings(row, "roles")),
                UserState.ofCode("state", row.getString("state")),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
