package kontor.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/** How to reach the embedded PostgreSQL. */
record Connector(int port, PostgresPasswords passwords) {
    static final String ADMIN = "kontor_admin";
    static final String OWNER = "kontor_owner";
    static final String APP = "kontor_app";
    static final String DATABASE = "kontor";

    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE);
    }

    /** What a new cluster lacks. Repeated at every start, so that it does not matter where an earlier one was cut off. */
    void createRolesAndDatabase() {
        try (var connection = admin();
                var statement = connection.createStatement()) {
            var roles = names(statement, "SELECT rolname FROM pg_roles");
            createRole(statement, roles, OWNER, passwords.owner());
            createRole(statement, roles, APP, passwords.app());
            if (!names(statement, "SELECT datname FROM pg_database").contains(DATABASE)) {
                statement.execute("CREATE DATABASE %s OWNER %s".formatted(DATABASE, OWNER));
            }
            statement.execute("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(DATABASE));
            statement.execute("GRANT CONNECT, TEMPORARY ON DATABASE %s TO %s".formatted(DATABASE, APP));
        } catch (SQLException e) {
            throw new IllegalStateException("The embedded PostgreSQL does not answer", e);
        }
    }

    private Connection admin() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port), ADMIN, passwords.admin());
    }

    private static void createRole(Statement statement, Set<String> roles, String role, String password)
            throws SQLException {
        if (roles.contains(role)) return;
        statement.execute(
                "CREATE ROLE %s LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD '%s'".formatted(role, password));
    }

    private static Set<String> names(Statement statement, String query) throws SQLException {
        var names = new HashSet<String>();
        try (var rows = statement.executeQuery(query)) {
            while (rows.next()) names.add(rows.getString(1));
        }
        return names;
    }
}
