package kontor.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.database.Database;
import kontor.database.DatabaseSettings;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.json.JsonMapper;

class AuditCommandTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void aSoundDatabaseIsToldInOneLineForEachInvariantAndALastOne() {
        assertThat(audit(embedded(migrated()))).isZero();
        assertThat(lines()).filteredOn(line -> line.startsWith("ok ")).hasSameSizeAs(Invariants.all());
        assertThat(lines().getLast()).matches("All \\d+ invariants hold, as of .*Z \\(.* s\\)\\.");
    }

    @Test
    void worksBesideAServerAndLeavesItAlone() throws Exception {
        var data = migrated();
        try (var server = Database.open(settings(Map.of()), data)) {
            assertThat(audit(embedded(data))).isZero();
            assertThat(new JdbcTemplate(server.pool()).queryForObject("SELECT 1", Long.class))
                    .isOne();
        }
        try (var again = Database.open(settings(Map.of()), data)) { // the folder is free: nothing of the audit is left
            assertThat(again.pool().getConnection()).isNotNull();
        }
    }

    @Test
    void aBrokenOneIsNamedWithItsFirstRowsAndExitCode1() {
        var name = "audit" + NUMBER.incrementAndGet();
        var settings = TestDatabase.another(name);
        open(settings).close();
        var superuser = new JdbcTemplate(TestDatabase.superuserOf(name));
        superuser.execute(
                "INSERT INTO ledger.transactions SELECT n, -n, 'order', -n, 'credit', now() FROM generate_series(1, 25) AS n");
        assertThat(audit(settings)).isEqualTo(1);
        assertThat(lines())
                .filteredOn(line -> line.startsWith("BROKEN"))
                .containsExactly("BROKEN  ledger_transactions_have_two_sides", "BROKEN  rows_have_their_orders");
        assertThat(lines()).contains("          transaction_id=1 entries=null zeros=null transaction_exists=true");
        assertThat(lines()).filteredOn(line -> line.contains("transaction_id=")).hasSize(20);
        assertThat(lines()).contains("          … and 5 more");
        assertThat(lines().getLast())
                .matches(
                        "2 of \\d+ invariants are broken, .*: ledger_transactions_have_two_sides, rows_have_their_orders");
    }

    @Test
    void machinesGetTheReportAsJson() {
        var settings = TestDatabase.another("audit" + NUMBER.incrementAndGet());
        open(settings).close();
        assertThat(audit(settings, "--json")).isZero();
        var report = new JsonMapper().readTree(printed.toString(UTF_8));
        assertThat(report.at("/holds").asBoolean()).isTrue();
        assertThat(report.at("/items").size()).isEqualTo(Invariants.all().size());
        assertThat(report.at("/took_ms").isNumber()).isTrue();
    }

    @Test
    void aFolderWithoutADatabaseIsToldAndNothingIsMade() {
        var nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> audit(Map.of("kontor.data", nowhere.toString())))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("There is no database in " + nowhere);
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void tablesOfAnotherVersionAreToldAndNotMigrated() {
        var name = "audit" + NUMBER.incrementAndGet();
        var settings = TestDatabase.empty(name);
        assertThatThrownBy(() -> audit(settings))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("another version");
        assertThat(new JdbcTemplate(TestDatabase.superuserOf(name))
                        .queryForObject("SELECT count(*) FROM pg_namespace WHERE nspname = 'orders'", Long.class))
                .isZero();
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsTold() {
        assertThatThrownBy(() -> audit(
                        Map.of("kontor.db.url", "jdbc:postgresql://127.0.0.1:1/kontor", "kontor.db.patience", "300ms")))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void settingsOfTheEnvironmentAreReadAsTheServerReadsThem() throws Exception {
        var mounted = Files.createDirectories(folder.resolve("secrets"));
        Files.writeString(mounted.resolve("kontor.db.password"), "from a file");
        var environment = AuditCommand.environment(
                new String[] {"--kontor.data=/somewhere", "--spring.config.import=configtree:" + mounted + "/"});
        assertThat(environment.getProperty("kontor.data")).isEqualTo("/somewhere");
        assertThat(environment.getProperty("kontor.db.password")).isEqualTo("from a file");
        assertThat(environment.getProperty("spring.application.name")).isEqualTo("kontor");
    }

    private int audit(Map<String, String> settings, String... more) {
        var options = new ArrayList<>(List.of(more));
        settings.forEach((name, value) -> options.add("--" + name + "=" + value));
        printed.reset();
        var environment = AuditCommand.environment(options.toArray(new String[0]));
        return new AuditCommand(new PrintStream(printed, true, UTF_8)).run(environment, options.contains("--json"));
    }

    private List<String> lines() {
        return printed.toString(UTF_8).lines().toList();
    }

    private DataFolder migrated() {
        var data = DataFolder.at(folder.resolve("data"));
        Database.open(settings(Map.of()), data).close();
        return data;
    }

    private static Map<String, String> embedded(DataFolder data) {
        return Map.of("kontor.data", data.path().toString());
    }

    private Database open(Map<String, String> settings) {
        return Database.open(settings(settings), DataFolder.at(folder));
    }

    private static DatabaseSettings settings(Map<String, String> settings) {
        var source = new MapConfigurationPropertySource(new HashMap<>(settings));
        return new Binder(source).bindOrCreate("kontor.db", DatabaseSettings.class);
    }
}
