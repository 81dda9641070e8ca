package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the server's own connections are, and what they cannot do even if somebody takes them over. */
class ApplicationRoleTest {
    private final JdbcTemplate jdbc = new JdbcTemplate(TestDatabase.database().pool());

    @ParameterizedTest
    @CsvSource({
        "fsync, on",
        "full_page_writes, on",
        "synchronous_commit, on",
        "data_checksums, on",
        "server_encoding, UTF8",
        "listen_addresses, 127.0.0.1",
        "password_encryption, scram-sha-256"
    })
    void theEmbeddedDatabaseIsDurableAndClosed(String setting, String value) {
        assertThat(jdbc.queryForObject("SELECT current_setting(?)", String.class, setting))
                .isEqualTo(value);
    }

    @Test
    void theBinariesAreOfTheVersionTheyAreKeptUnder() {
        assertThat(jdbc.queryForObject("SHOW server_version", String.class)).isEqualTo(PostgresBinaries.VERSION);
    }

    @Test
    void isNoSuperuserAndOwnsNothing() {
        assertThat(jdbc.queryForObject("SELECT current_user", String.class)).isEqualTo("kontor_app");
        assertThat(
                        jdbc.queryForMap(
                                "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user"))
                .doesNotContainValue(true);
        assertThat(jdbc.queryForList("""
                                SELECT relname::text FROM pg_class WHERE relowner = 'kontor_app'::regrole
                                UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspowner = 'kontor_app'::regrole
                                UNION ALL SELECT proname::text FROM pg_proc WHERE proowner = 'kontor_app'::regrole
                                UNION ALL SELECT datname::text FROM pg_database WHERE datdba = 'kontor_app'::regrole
                                """, String.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE SCHEMA mine",
                "CREATE TABLE public.mine (id int)",
                "CREATE TABLE orders.mine (id int)",
                "ALTER TABLE orders.orders ADD COLUMN mine int",
                "DROP TABLE orders.orders CASCADE",
                "TRUNCATE ledger.entries",
                "DELETE FROM ledger.entries",
                "UPDATE ledger.entries SET amount = 0",
                "DELETE FROM orders.history",
                "DELETE FROM inventory.movements",
                "DELETE FROM migrations.flyway_schema_history",
                "ALTER TABLE ledger.entries DISABLE TRIGGER ALL",
                "SET session_replication_role = replica",
                "SET ROLE kontor_owner",
                "ALTER SYSTEM SET fsync = off",
                "CREATE ROLE friend LOGIN",
                "COPY ledger.entries TO PROGRAM 'cat'",
                "SELECT pg_read_file('/etc/passwd')"
            })
    void cannotChangeTheTablesNorHistoryNorTheServer(String statement) {
        assertThatThrownBy(() -> jdbc.execute(statement))
                .hasRootCauseInstanceOf(java.sql.SQLException.class)
                .rootCause()
                .satisfies(e -> assertThat(((java.sql.SQLException) e).getSQLState())
                        .as(statement)
                        .isEqualTo("42501"));
    }

    @Test
    void postgresLivesInASessionOfItsOwnSoThatCtrlCReachesKontorOnly() throws Exception {
        var postmaster = Postmaster.on(PostgresFolder.in(DataFolder.at(java.nio.file.Path.of("target", "test-data"))))
                .orElseThrow();
        var pid = postmaster.process().pid();
        var status = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/%d/stat".formatted(pid)));
        var fields = List.of(status.substring(status.lastIndexOf(')') + 2).split(" ", -1));
        assertThat(fields.get(3)).as("session").isEqualTo(Long.toString(pid));
    }
}
