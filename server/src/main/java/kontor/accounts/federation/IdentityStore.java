package kontor.accounts.federation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Identities, and the users and roles that come by them. */
@Repository
class IdentityStore {
    private static final String IDENTITY =
            "SELECT id, issuer, subject, created_at, last_login_at FROM accounts.identities ";
    private final JdbcClient jdbc;

    IdentityStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param isShut whether nobody is let into the account */
    record Known(Identity identity, long userId, boolean isShut) {}

    Optional<Known> find(String issuer, String subject) {
        return jdbc.sql("""
                        SELECT i.id, i.issuer, i.subject, i.created_at, i.last_login_at, i.user_id,
                               u.disabled_at IS NOT NULL OR u.erased_at IS NOT NULL AS is_shut
                        FROM accounts.identities i JOIN accounts.users u ON u.id = i.user_id
                        WHERE i.issuer = :issuer AND i.subject = :subject
                        """)
                .param("issuer", issuer)
                .param("subject", subject)
                .query((row, number) ->
                        new Known(identity(row, number), row.getLong("user_id"), row.getBoolean("is_shut")))
                .optional();
    }

    /** Lets one at a time find out that somebody is new, until its transaction ends. */
    void awaitTurn(String issuer, String subject) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
                .param("who", "identity " + issuer + " " + subject)
                .query(row -> {});
    }

    /** @return nothing, and nothing written, when the address is taken */
    Optional<Long> insertUser(String name, String email, String role) {
        return jdbc.sql("""
                        WITH created AS (
                            INSERT INTO accounts.users (name, email, email_verified_at)
                            VALUES (:name, :email, now())
                            ON CONFLICT (lower(email)) DO NOTHING
                            RETURNING id),
                        granted AS (
                            INSERT INTO accounts.user_roles (user_id, role) SELECT id, :role FROM created)
                        SELECT id FROM created
                        """)
                .param("name", name)
                .param("email", email)
                .param("role", role)
                .query(Long.class)
                .optional();
    }

    /** @return nothing, and nothing written, when somebody is linked with it already */
    Optional<Identity> insert(long userId, Person person) {
        return jdbc.sql("""
                        INSERT INTO accounts.identities (issuer, subject, user_id, login_name)
                        VALUES (:issuer, :subject, :user, lower(:name))
                        ON CONFLICT (issuer, subject) DO NOTHING
                        RETURNING id, issuer, subject, created_at, last_login_at
                        """)
                .param("issuer", person.issuer())
                .param("subject", person.subject())
                .param("user", userId)
                .param("name", person.loginName())
                .query(IdentityStore::identity)
                .optional();
    }

    void loggedIn(long identity, @Nullable String loginName) {
        jdbc.sql("""
                        UPDATE accounts.identities SET last_login_at = now(), login_name = lower(:name) WHERE id = :id
                        """).param("name", loginName).param("id", identity).update();
    }

    List<String> roles(long userId) {
        return jdbc.sql("SELECT role FROM accounts.user_roles WHERE user_id = :user ORDER BY role")
                .param("user", userId)
                .query(String.class)
                .list();
    }

    /** Whether an issuer says something else than before. Most logins change nothing, and wait for nobody. */
    boolean hasRolesToChange(long userId, String issuer, Collection<String> wanted) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM accounts.user_roles
                                       WHERE user_id = :user AND source = :issuer
                                         AND role <> ALL (CAST(:wanted AS text[])))
                            OR EXISTS (SELECT FROM accounts.roles
                                       WHERE name = ANY (CAST(:wanted AS text[]))
                                         AND NOT EXISTS (SELECT FROM accounts.user_roles
                                                         WHERE user_id = :user AND role = name))
                        """)
                .param("user", userId)
                .param("issuer", issuer)
                .param("wanted", wanted.toArray(String[]::new))
                .query(Boolean.class)
                .single();
    }

    /**
     * Gives a user the roles that an issuer says and that there are, and takes away those that it said before and says no
     * more.
     *
     * @param staysAdmin whether an administrator stays one whatever it says
     * @return whether any changed
     */
    boolean setRoles(long userId, String issuer, Collection<String> wanted, boolean staysAdmin) {
        var names = wanted.toArray(String[]::new);
        var taken = jdbc.sql("""
                        DELETE FROM accounts.user_roles
                        WHERE user_id = :user AND source = :issuer AND role <> ALL (CAST(:wanted AS text[]))
                          AND (role <> 'admin' OR NOT :stays_admin)
                        """)
                .param("user", userId)
                .param("issuer", issuer)
                .param("wanted", names)
                .param("stays_admin", staysAdmin)
                .update();
        var given = jdbc.sql("""
                        INSERT INTO accounts.user_roles (user_id, role, source)
                        SELECT :user, name, :issuer FROM accounts.roles WHERE name = ANY (:wanted)
                        ON CONFLICT DO NOTHING
                        """)
                .param("user", userId)
                .param("issuer", issuer)
                .param("wanted", names)
                .update();
        return taken + given > 0;
    }

    /** Oldest first. */
    List<Identity> list(long userId) {
        return jdbc.sql(IDENTITY + "WHERE user_id = :user ORDER BY id")
                .param("user", userId)
                .query(IdentityStore::identity)
                .list();
    }

    Optional<Identity> find(long id, long userId) {
        return jdbc.sql(IDENTITY + "WHERE id = :id AND user_id = :user")
                .param("id", id)
                .param("user", userId)
                .query(IdentityStore::identity)
                .optional();
    }

    /** Whether this user is an administrator by the word of this issuer. */
    boolean isAdminBy(long userId, String issuer) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM accounts.user_roles
                                       WHERE user_id = :user AND role = 'admin' AND source = :issuer)
                        """)
                .param("user", userId)
                .param("issuer", issuer)
                .query(Boolean.class)
                .single();
    }

    /** How many open accounts that may do everything have an address at this domain, and nobody there. */
    int administratorsAt(String domain, String issuer) {
        return jdbc.sql("""
                        SELECT count(DISTINCT u.id) FROM accounts.users u
                        JOIN accounts.user_roles r ON r.user_id = u.id AND r.role = 'admin'
                        WHERE lower(u.email) LIKE '%@' || lower(:domain)
                          AND u.disabled_at IS NULL AND u.erased_at IS NULL
                          AND NOT EXISTS (SELECT FROM accounts.identities i WHERE i.user_id = u.id AND i.issuer = :issuer)
                        """)
                .param("domain", domain)
                .param("issuer", issuer)
                .query(Integer.class)
                .single();
    }

    void delete(long id) {
        jdbc.sql("DELETE FROM accounts.identities WHERE id = :id")
                .param("id", id)
                .update();
    }

    void deleteAll(long userId) {
        jdbc.sql("DELETE FROM accounts.identities WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    private static Identity identity(ResultSet row, int number) throws SQLException {
        return new Identity(
                row.getLong("id"),
                row.getString("issuer"),
                row.getString("subject"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("last_login_at", OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
