package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** What becomes of the embedded database when somebody stops, kills or doubles it. */
class EmbeddedDatabaseTest {
    private static final DatabaseSettings DEFAULTS = TestDatabase.settings(Map.of());

    @TempDir
    Path temporary;

    private DataFolder data = new DataFolder(Path.of("."));

    @BeforeEach
    void folder() {
        data = DataFolder.at(temporary.resolve("data folder"));
    }

    /** Whatever a failed test leaves running. */
    @AfterEach
    void stopLeftOver() {
        Postmaster.on(PostgresFolder.in(data)).ifPresent(Postmaster::stop);
    }

    private static void write(Database database, String code) {
        new JdbcTemplate(database.pool())
                .update(
                        "INSERT INTO inventory.locations (id, code, name) SELECT max(id) + 1, ?, 'a place' FROM inventory.locations",
                        code);
    }

    private static List<String> written(Database database) {
        return new JdbcTemplate(database.pool())
                .queryForList("SELECT code FROM inventory.locations WHERE id <> 1", String.class);
    }

    private Postmaster postmaster() {
        return Postmaster.on(PostgresFolder.in(data)).orElseThrow();
    }

    @Test
    void keepsItsContentFromOneStartToTheNext() {
        try (var database = Database.open(DEFAULTS, data)) {
            write(database, "first");
        }
        assertThat(Postmaster.on(PostgresFolder.in(data)))
                .as("stopped with its Kontor")
                .isEmpty();
        try (var database = Database.open(DEFAULTS, data)) {
            assertThat(written(database)).containsExactly("first");
        }
    }

    @Test
    void keepsItsPortFromOneStartToTheNext() {
        Database.open(DEFAULTS, data).close();
        var port = PostgresFolder.in(data).keptPort();
        try (var database = Database.open(DEFAULTS, data)) {
            assertThat(PostgresFolder.in(data).keptPort()).isEqualTo(port);
            assertThat(database.pool().getJdbcUrl()).contains(":" + port.orElseThrow() + "/");
        }
    }

    @Test
    void aSecondKontorOnTheFolderIsRefusedAndTheFirstGoesOn() {
        try (var first = Database.open(DEFAULTS, data)) {
            assertThatThrownBy(() -> Database.open(DEFAULTS, data))
                    .isInstanceOf(DataFolderInUse.class)
                    .hasMessageContaining(data.path().toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            write(first, "still-here");
            assertThat(written(first)).containsExactly("still-here");
        }
        try (var next = Database.open(DEFAULTS, data)) {
            assertThat(written(next)).containsExactly("still-here");
        }
    }

    @Test
    void aSecondKontorMayAskToJoin() {
        try (var first = Database.open(DEFAULTS, data)) {
            try (var beside = Database.open(TestDatabase.settings(Map.of("kontor.db.join", "true")), data)) {
                write(beside, "from-beside");
            }
            assertThat(written(first)).containsExactly("from-beside");
        }
    }

    @Test
    void anotherProcessHoldsTheFolderUntilItIsKilledAndItsPostgresIsStoppedThen() throws Exception {
        var child = child("wait");
        try {
            assertThatThrownBy(() -> Database.open(DEFAULTS, data))
                    .isInstanceOf(DataFolderInUse.class)
                    .hasMessageContaining("process " + child.pid());
            assertThat(postmaster().process().isAlive()).isTrue();
        } finally {
            child.destroyForcibly().waitFor();
        }
        var orphan = postmaster().process();
        assertThat(orphan.isAlive()).isTrue();
        try (var database = Database.open(DEFAULTS, data)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(postmaster().process().pid()).isNotEqualTo(orphan.pid());
            assertThat(written(database)).containsExactly("child");
        }
    }

    @Test
    void whatWasConfirmedOutlivesBothProcesses() throws Exception {
        child("halt").waitFor();
        var orphan = postmaster().process();
        orphan.destroyForcibly();
        orphan.onExit().get(10, TimeUnit.SECONDS);
        try (var database = Database.open(DEFAULTS, data)) {
            assertThat(written(database)).containsExactly("child");
        }
    }

    /** @return a Kontor in a process of its own, which has written its row */
    private Process child(String then) throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartAndHalt.class.getName(),
                        data.path().toString(),
                        then)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = process.inputReader();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("written")) return process;
        }
        throw new AssertionError("the other Kontor did not start");
    }

    @Test
    void aLostPostgresIsStartedAgainOnTheSamePort() throws Exception {
        try (var database = Database.open(DEFAULTS, data)) {
            write(database, "before");
            var url = database.pool().getJdbcUrl();
            var lost = postmaster().process();
            lost.destroyForcibly();
            lost.onExit().get(10, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> write(database, "after"));
            assertThat(written(database)).containsExactlyInAnyOrder("before", "after");
            assertThat(postmaster().process().pid()).isNotEqualTo(lost.pid());
            assertThat(database.pool().getJdbcUrl()).isEqualTo(url);
        }
    }

    @Test
    void aLostPostgresIsAnAbsentOneAndNotAnError() throws Exception {
        try (var database = Database.open(DEFAULTS, data)) {
            try (var connection = database.pool().getConnection();
                    var statement = connection.createStatement()) {
                postmaster().process().destroyForcibly();
                assertThatThrownBy(() -> {
                            while (true) statement.execute("SELECT pg_sleep(0.01)");
                        })
                        .matches(Database::isUnavailable);
            }
        }
    }

    @Test
    void soItIsWhenItIsLostInTheMiddleOfATransaction() { // whose rollback then fails, too
        try (var database = Database.open(DEFAULTS, data)) {
            var jdbc = new JdbcTemplate(database.pool());
            var transaction = new TransactionTemplate(new JdbcTransactionManager(database.pool()));
            assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                        jdbc.execute("SELECT 1");
                        postmaster().process().destroyForcibly();
                        while (true) jdbc.execute("SELECT pg_sleep(0.01)");
                    }))
                    .isInstanceOf(TransactionSystemException.class)
                    .matches(Database::isUnavailable);
        }
    }

    @Test
    void aProcessIdThatBelongsToAnotherProgramByNowIsNoObstacle() throws Exception {
        Database.open(DEFAULTS, data).close();
        var stranger = new ProcessBuilder("sleep", "300").start();
        try {
            var folder = PostgresFolder.in(data);
            Files.writeString(
                    folder.postmasterPath(), stranger.pid() + "\n" + folder.cluster() + "\n1790000000\n5432\n\n\n");
            Database.open(DEFAULTS, data).close();
            assertThat(stranger.isAlive()).as("left alone").isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aPostgresThatDoesNotListenYetIsToldToStopOnceMore() throws Exception {
        var deaf = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        "sh",
                        "-c",
                        "trap '' INT; sleep 2; trap 'exit 7' INT; while :; do sleep 0.1; done")
                .start();
        new Postmaster(deaf.toHandle()).stop();
        assertThat(deaf.exitValue())
                .as("ended as it was asked to, and was not killed")
                .isEqualTo(7);
    }

    @Test
    void aHalfMadeClusterIsMadeAnew() throws IOException {
        var half = PostgresFolder.in(data).path().resolve("new");
        Files.createDirectories(half.resolve("base"));
        Files.writeString(half.resolve("PG_VERSION"), "18\n");
        try (var database = Database.open(DEFAULTS, data)) {
            write(database, "works");
        }
        assertThat(half).doesNotExist();
    }

    @Test
    void secretsAreTheOwnersAlone() throws IOException {
        Database.open(DEFAULTS, data).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
                .isEqualTo("rwx------");
        var passwords = PostgresFolder.in(data).path().resolve("passwords");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwords)))
                .isEqualTo("rw-------");
        assertThat(PostgresFolder.in(data).path().resolve("new-password")).doesNotExist();
    }

    @Test
    void whoeverHasNoPasswordStaysOutside() {
        try (var database = Database.open(DEFAULTS, data)) {
            var url = database.pool().getJdbcUrl();
            for (var role : List.of(Connector.ADMIN, Connector.OWNER, Connector.APP)) {
                assertThatThrownBy(() -> DriverManager.getConnection(url, role, "guess"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
            }
        }
    }

    @Test
    void settingsCanBeReplacedButNotDurability() {
        var settings = TestDatabase.settings(Map.of("kontor.db.postgres.work_mem", "7MB"));
        try (var database = Database.open(settings, data)) {
            assertThat(new JdbcTemplate(database.pool()).queryForObject("SHOW work_mem", String.class))
                    .isEqualTo("7MB");
        }
        assertThatThrownBy(() -> Database.open(TestDatabase.settings(Map.of("kontor.db.postgres.fsync", "off")), data))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("always on");
        assertThat(Postmaster.on(PostgresFolder.in(data))).isEmpty();
    }

    @Test
    void aWrongSettingIsToldAndLeavesTheFolderFree() {
        var settings = TestDatabase.settings(Map.of("kontor.db.postgres.shared_buffers", "much"));
        assertThatThrownBy(() -> Database.open(settings, data))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("shared_buffers");
        Database.open(DEFAULTS, data).close();
    }

    @Test
    void opensWhatAnyCommandHasLeftInTheFolder() throws IOException {
        for (var left : List.of("lock", "postgres/passwords", "simulator/book.lock", "demo.properties")) {
            var folder = temporary.resolve("with " + left.replace('/', ' '));
            Files.createDirectories(folder.resolve(left).getParent());
            Files.createFile(folder.resolve(left));
            Files.createFile(folder.resolve("note.txt"));
            assertThat(DataFolder.at(folder).path()).isEqualTo(folder.toRealPath());
        }
    }

    @Test
    void aFolderOfSomebodyElseIsRefusedAndStaysAsItIs() throws IOException {
        var folder = Files.createDirectory(temporary.resolve("shared"));
        Files.createFile(folder.resolve("thesis.txt"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> DataFolder.at(folder))
                .isInstanceOf(CannotStart.class)
                .hasMessage("The folder %s holds something else than Kontor's data. Choose another with --data."
                        .formatted(folder.toRealPath()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void closesOnlyTheFolderThatItMakes() throws IOException {
        var parent = Files.createDirectory(temporary.resolve("parent"));
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxr-x"));
        var made = DataFolder.at(parent.resolve("data"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.path())))
                .isEqualTo("rwx------");
        Files.delete(made.path());
        DataFolder.at(parent);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parent)))
                .isEqualTo("rwxrwxr-x");
    }

    @Test
    void aFolderThatCannotBeMadeIsTold() throws IOException {
        var file = Files.writeString(temporary.resolve("file"), "not a folder");
        assertThatThrownBy(() -> DataFolder.at(file.resolve("data")))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("--data");
    }
}
