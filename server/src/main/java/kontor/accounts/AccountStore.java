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
    private static final String USER = """
            SELECT u.id, u.name, u.email, u.created_at,
                   ARRAY(SELECT role FROM accounts.user_roles WHERE user_id = u.id ORDER BY role) AS roles
            FROM accounts.users u
            """;
    private final JdbcClient jdbc;

    AccountStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What a login is checked against.
     *
     * @param passwordHash null for somebody who has no password here
     * @param isShut whether nobody is let into the account, however right the password
     */
    record Credentials(User user, @Nullable String passwordHash, boolean isShut) {
        @Override
        public String toString() {
            return "Credentials[" + user.id() + "]";
        }
    }

    /**
     * Writes the user with one role.
     *
     * @return nothing, and nothing written, when the address is taken
     */
    Optional<User> insert(Registration.Checked wanted, String passwordHash, String role) {
        return jdbc.sql("""
                        WITH created AS (
                            INSERT INTO accounts.users (name, email, password_hash)
                            VALUES (:name, :email, :password_hash)
                            ON CONFLICT (lower(email)) DO NOTHING
                            RETURNING id, name, email, created_at),
                        granted AS (
                            INSERT INTO accounts.user_roles (user_id, role)
                            SELECT id, :role FROM created
                            RETURNING role)
                        SELECT id, name, email, created_at, ARRAY(SELECT role FROM granted) AS roles
                        FROM created
                        """)
                .param("name", wanted.name())
                .param("email", wanted.email())
                .param("password_hash", passwordHash)
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
                        ORDER BY u.id DESC
                        LIMIT :limit
                        """)
                .param("before", before)
                .param("query", filter.query())
                .param("role", filter.role())
                .param("limit", limit)
                .query(AccountStore::user)
                .list();
    }

    Optional<Credentials> credentials(String email) {
        return jdbc.sql("""
                        SELECT u.id, u.name, u.email, u.created_at, u.password_hash,
                               u.disabled_at IS NOT NULL OR u.erased_at IS NOT NULL AS is_shut,
                               ARRAY(SELECT role FROM accounts.user_roles WHERE user_id = u.id ORDER BY role) AS roles
                        FROM accounts.users u
                        WHERE lower(u.email) = lower(:email)
                        """)
                .param("email", email)
                .query((row, number) ->
                        new Credentials(user(row, number), row.getString("password_hash"), row.getBoolean("is_shut")))
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
                List.of(strings(row, "roles")),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
