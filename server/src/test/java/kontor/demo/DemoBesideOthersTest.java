package kontor.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kontor.Kontor;
import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.database.Database;
import kontor.database.DatabaseSettings;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A demo on a data folder that another demo or a real shop uses: it is refused in one sentence, and changes nothing. */
class DemoBesideOthersTest {
    @TempDir
    private Path folder;

    private void demo() throws IOException {
        Demo.run(
                Kontor.class,
                "--server.port=" + freePort(),
                "--management.server.port=0",
                "--kontor.data=" + folder,
                "--kontor.accounts.argon2-memory=64KB",
                "--kontor.accounts.argon2-passes=1");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Database database() {
        var settings = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("kontor.db", DatabaseSettings.class);
        return Database.open(settings, DataFolder.at(folder));
    }

    @Test
    void aFolderOnWhichAnotherDemoRunsIsTold() throws IOException {
        try (var _ = Simulator.start(SimulatorOptions.defaults().onPort(0).in(folder))) {
            assertThatThrownBy(this::demo)
                    .isInstanceOf(CannotStart.class)
                    .hasMessage(
                            "The payment simulator cannot start: another simulator keeps its book in %s. Choose another data folder with --data."
                                    .formatted(folder.toRealPath().resolve("simulator")));
        }
    }

    @Test
    void theDatabaseOfARealShopGetsNoSecrets() {
        database().close();
        assertThatThrownBy(this::demo)
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("The database in ")
                .hasMessageContaining("--data");
        assertThat(folder.resolve("demo.properties")).doesNotExist();
        assertThat(folder.resolve("simulator")).doesNotExist();
    }

    @Test
    void aRealShopInWhichADemoWasOpenedBeforeGetsNoMorePeople() throws IOException {
        DemoSecrets.in(DataFolder.at(folder));
        try (var database = database()) {
            new JdbcTemplate(database.pool()).execute("""
                    WITH owner AS (
                        INSERT INTO accounts.users (name, email, password_hash)
                        VALUES ('Owner', 'owner@example.org', '$argon2id$none') RETURNING id)
                    INSERT INTO accounts.user_roles (user_id, role) SELECT id, 'admin' FROM owner
                    """);
        }
        assertThatThrownBy(this::demo)
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("This database has an administrator besides the demo's own");
        try (var database = database()) {
            assertThat(new JdbcTemplate(database.pool()).queryForList("SELECT email FROM accounts.users", String.class))
                    .containsExactly("owner@example.org");
        }
        assertThat(Files.exists(folder.resolve("simulator/book.lock"))).isTrue();
    }
}
