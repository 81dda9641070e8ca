package kontor.accounts.roles;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Roles, and who has them, in the database. */
@Repository
class RoleStore {
    private static final String COLUMNS = "name, description, permissions, built_in, version, created_at, updated_at";
    private final JdbcClient jdbc;

    RoleStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Role> list() {
        return jdbc.sql("SELECT " + COLUMNS + " FROM accounts.roles ORDER BY name")
                .query(RoleStore::role)
                .list();
    }

    Optional<Role> find(String name) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM accounts.roles WHERE name = :name")
                .param("name", name)
                .query(RoleStore::role)
                .optional();
    }

    /** @return nothing, and nothing written, when the name is taken */
    Optional<Role> insert(String name, String description, Collection<String> permissions) {
        return jdbc.sql("INSERT INTO accounts.roles (name, description, permissions)"
                        + " VALUES (:name, :description, :permissions) ON CONFLICT (name) DO NOTHING RETURNING "
                        + COLUMNS)
                .param("name", name)
                .param("description", description)
                .param("permissions", array(permissions))
                .query(RoleStore::role)
                .optional();
    }

    /**
     * @param description null leaves it as it is
     * @return nothing, and nothing written, when there is no such role at this version
     */
    Optional<Role> update(String name, long version, @Nullable String description, Collection<String> permissions) {
        return jdbc.sql("""
                        UPDATE accounts.roles
                        SET description = coalesce(:description, description), permissions = :permissions,
                            version = version + 1, updated_at = now()
                        WHERE name = :name AND version = :version
                        RETURNING
                        """ + COLUMNS)
                .param("name", name)
                .param("version", version)
                .param("description", description, Types.VARCHAR)
                .param("permissions", array(permissions))
                .query(RoleStore::role)
                .optional();
    }

    /**
     * @return false, and nothing deleted, when there is no such role at this version, or it is built in
     * @throws org.springframework.dao.DataIntegrityViolationException when somebody has it
     */
    boolean delete(String name, long version) {
        return jdbc.sql("DELETE FROM accounts.roles WHERE name = :name AND version = :version AND NOT built_in")
                        .param("name", name)
                        .param("version", version)
                        .update()
                == 1;
    }

    /** Nothing when there is no such user, or they were erased. */
    Optional<UserRoles> ofUser(long userId) {
        return jdbc.sql("""
                        SELECT u.id,
                               ARRAY(SELECT role FROM accounts.user_roles WHERE user_id = u.id ORDER BY role) AS roles,
                               ARRAY(SELECT DISTINCT unnest(r.permissions)
                                     FROM accounts.user_roles ur JOIN accounts.roles r ON r.name = ur.role
                                     WHERE ur.user_id = u.id AND u.disabled_at IS NULL
                                     ORDER BY 1) AS permissions
                        FROM accounts.users u
                        WHERE u.id = :id AND u.erased_at IS NULL
                        """)
                .param("id", userId)
                .query((row, number) ->
                        new UserRoles(row.getLong("id"), strings(row, "roles"), strings(row, "permissions")))
                .optional();
    }

    void give(long userId, Set<String> roles) {
        jdbc.sql("INSERT INTO accounts.user_roles (user_id, role) SELECT :id, unnest(:roles)")
                .param("id", userId)
                .param("roles", array(roles))
                .update();
    }

    void take(long userId, Set<String> roles) {
        jdbc.sql("DELETE FROM accounts.user_roles WHERE user_id = :id AND role = ANY (:roles)")
                .param("id", userId)
                .param("roles", array(roles))
                .update();
    }

    private static Role role(ResultSet row, int number) throws SQLException {
        return new Role(
                row.getString("name"),
                row.getString("description"),
                strings(row, "permissions"),
                row.getBoolean("built_in"),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private static List<String> strings(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static String[] array(Collection<String> texts) {
        return texts.toArray(String[]::new);
    }
}
