package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database that somebody else runs; here the tests' own PostgreSQL plays it, with databases and users of its own. */
class ExternalDatabaseTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    Path data;

    private final Connector server = TestDatabase.connector();
    private final JdbcTemplate admin = new JdbcTemplate(
            Database.source(server.url(), Connector.ADMIN, server.passwords().admin()));
    private String name = "";
    private final Map<String, String> settings = new HashMap<>();

    @BeforeEach
    void database() {
        name = "external" + NUMBER.incrementAndGet();
        admin.execute("CREATE ROLE %s_owner LOGIN CREATEROLE PASSWORD 'of the owner'".formatted(name));
        admin.execute("GRANT kontor_app TO %s_owner WITH ADMIN OPTION".formatted(name));
        admin.execute("CREATE ROLE %s_user LOGIN PASSWORD 'of the user'".formatted(name));
        admin.execute("CREATE DATABASE %1$s OWNER %1$s_owner".formatted(name));
        settings.put("kontor.db.url", url());
    }

    private String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.port(), name);
    }

    private void user(String role, String password) {
        settings.put("kontor.db.user", role);
        settings.put("kontor.db.password", password);
    }

    private void owner() {
        settings.put("kontor.db.owner-user", name + "_owner");
        settings.put("kontor.db.owner-password", "of the owner");
    }

    private Database open() {
        return Database.open(TestDatabase.settings(settings), DataFolder.at(data));
    }

    private static String ask(Database database, String question) {
        return JdbcClient.create(database.pool())
                .sql(question)
                .query(String.class)
                .single();
    }

    @Test
    void anOwnerMigratesAndAUserWorks() {
        owner();
        user(name + "_user", "of the user");
        try (var database = open()) {
            assertThat(ask(database, "SELECT session_user")).isEqualTo(name + "_user");
            assertThat(ask(database, "SELECT current_user")).isEqualTo("kontor_app");
            assertThat(ask(database, "SELECT count(*) FROM orders.orders")).isEqualTo("0");
            assertThat(admin.queryForObject(
                            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ?", String.class, name))
                    .isEqualTo(name + "_owner");
        }
        open().close(); // and once more on what is there
        assertThat(data).as("nothing embedded was started").isEmptyDirectory();
    }

    @Test
    void oneUserDoesBothAndStillWorksAsTheRoleThatOwnsNothing() {
        user(name + "_owner", "of the owner");
        try (var database = open()) {
            assertThat(ask(database, "SELECT session_user")).isEqualTo(name + "_owner");
            assertThat(ask(database, "SELECT current_user")).isEqualTo("kontor_app");
            assertThatThrownBy(() -> new JdbcTemplate(database.pool()).execute("DELETE FROM ledger.entries"))
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void anOwnerWhoMayNotMakeRolesFindsThemMade() {
        admin.execute("ALTER ROLE %s_owner NOCREATEROLE".formatted(name));
        admin.execute("REVOKE kontor_app FROM %s_owner CASCADE".formatted(name));
        admin.execute("GRANT kontor_app TO %s_user".formatted(name));
        owner();
        user(name + "_user", "of the user");
        try (var database = open()) {
            assertThat(ask(database, "SELECT current_user")).isEqualTo("kontor_app");
        }
    }

    @Test
    void theRoleItselfMayBeTheUser() {
        owner();
        user(Connector.APP, server.passwords().app());
        try (var database = open()) {
            assertThat(ask(database, "SELECT session_user")).isEqualTo("kontor_app");
        }
    }

    @Test
    void aSuperuserIsRefusedUnlessThatIsWanted() {
        user(Connector.ADMIN, server.passwords().admin());
        assertThatThrownBy(this::open).isInstanceOf(CannotStart.class).hasMessageContaining("superuser");
        settings.put("kontor.db.require-durable", "false");
        try (var database = open()) {
            assertThat(ask(database, "SELECT current_user")).isEqualTo("kontor_app");
        }
    }

    @Test
    void aForgetfulDatabaseIsRefusedUnlessThatIsWantedAndNothingIsWritten() {
        owner();
        user(name + "_user", "of the user");
        admin.execute("ALTER DATABASE %s SET synchronous_commit = off".formatted(name));
        assertThatThrownBy(this::open).isInstanceOf(CannotStart.class).hasMessageContaining("synchronous_commit");
        var there = new JdbcTemplate(Database.source(url(), name + "_owner", "of the owner"));
        assertThat(there.queryForObject("SELECT count(*) FROM pg_namespace WHERE nspname = 'orders'", Long.class))
                .isZero();
        settings.put("kontor.db.require-durable", "false");
        open().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6 seconds", "-6 seconds"})
    void aDatabaseWithAnotherClockIsRefusedAndNothingIsWritten(String apart) {
        owner();
        user(name + "_user", "of the user");
        var there = new JdbcTemplate(Database.source(url(), name + "_owner", "of the owner"));
        there.execute("CREATE SCHEMA another");
        there.execute("""
                CREATE FUNCTION another.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                RETURN pg_catalog.clock_timestamp() + interval '%s'
                """.formatted(apart));
        admin.execute("ALTER DATABASE %s SET search_path = another, pg_catalog".formatted(name));
        assertThatThrownBy(this::open).isInstanceOf(CannotStart.class).hasMessageContaining("clock");
        assertThat(there.queryForObject("SELECT count(*) FROM pg_namespace WHERE nspname = 'orders'", Long.class))
                .isZero();
        admin.execute("ALTER DATABASE %s RESET search_path".formatted(name));
        open().close();
    }

    @Test
    void aWrongPasswordIsTold() {
        owner();
        user(name + "_user", "a guess");
        assertThatThrownBy(this::open).isInstanceOf(CannotStart.class).hasMessageContaining("password");
    }

    @Test
    void nobodyThereIsTold() {
        settings.put("kontor.db.url", "jdbc:postgresql://127.0.0.1:1/kontor?password=secret");
        user("someone", "anything");
        assertThatThrownBy(this::open)
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anAddressThatIsNoneIsTold() {
        settings.put("kontor.db.url", "postgres://localhost/kontor");
        assertThatThrownBy(this::open).isInstanceOf(CannotStart.class).hasMessageContaining("KONTOR_DB_URL");
    }
}
