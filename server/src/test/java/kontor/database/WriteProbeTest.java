package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import kontor.crash.Signals;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whether a write would succeed now, whatever has become of the database. */
class WriteProbeTest {
    @TempDir
    Path folder;

    @Test
    void succeedsOnADatabaseThatTakesWritesAndLeavesNothingBehind() {
        try (var database = another("writable")) {
            var before = tablesAndRows("writable");
            assertThat(new WriteProbe(database.pool()).succeeds()).isTrue();
            assertThat(tablesAndRows("writable")).isEqualTo(before);
        }
    }

    private static @Nullable String tablesAndRows(String name) {
        return new JdbcTemplate(TestDatabase.superuserOf(name)).queryForObject("""
                        SELECT count(*) || ' ' || sum((xpath('/row/n/text()', query_to_xml(format(
                            'SELECT count(*) AS n FROM %s', relid::regclass), false, true, '')))[1]::text::bigint)
                        FROM pg_stat_user_tables
                        """, String.class);
    }

    @Test
    void failsOnADatabaseThatWasToldToTakeNone() {
        try (var database = another("readonly")) {
            new JdbcTemplate(TestDatabase.superuserOf("readonly"))
                    .execute("ALTER DATABASE readonly SET default_transaction_read_only = on");
            database.pool().getHikariPoolMXBean().softEvictConnections();
            assertThat(new WriteProbe(database.pool()).succeeds()).isFalse();
        }
    }

    @Test
    void failsWhileThePoolHasNoConnectionLeft() throws Exception {
        try (var database = another("busy")) {
            var probe = new WriteProbe(database.pool());
            try (var _ = database.pool().getConnection()) { // the only one
                assertThat(probe.succeeds()).isFalse();
            }
            await().atMost(Duration.ofSeconds(20)).until(probe::succeeds);
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void failsInTimeWhenTheDatabaseHangsAndSucceedsWhenItGoesOn() throws Exception {
        try (var database = Database.open(TestDatabase.settings(Map.of()), DataFolder.at(folder.resolve("data")))) {
            var probe = new WriteProbe(database.pool());
            assertThat(probe.succeeds()).isTrue();
            var postgres = Postmaster.on(PostgresFolder.in(DataFolder.at(folder.resolve("data"))))
                    .orElseThrow()
                    .process()
                    .pid();
            // A connection that the pool opens meanwhile would have a process that nobody stops.
            await().until(() -> database.pool().getHikariPoolMXBean().getTotalConnections() == 2);
            Signals.send("STOP", postgres);
            try {
                await().atMost(Duration.ofSeconds(20)).until(() -> !probe.succeeds());
                var askers = new ArrayList<Callable<Boolean>>();
                for (var i = 0; i < 50; i++) askers.add(probe::succeeds);
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (var answer : threads.invokeAll(askers))
                        assertThat(answer.get()).isFalse();
                }
                assertThat(database.pool().getHikariPoolMXBean().getActiveConnections())
                        .as("connections that hang with it")
                        .isLessThanOrEqualTo(1);
            } finally {
                Signals.send("CONT", postgres);
            }
            await().atMost(Duration.ofSeconds(20)).until(probe::succeeds);
        }
    }

    private Database another(String name) {
        var settings = new HashMap<>(TestDatabase.another(name));
        settings.put("kontor.db.connections", "1");
        settings.put("kontor.db.patience", "500ms");
        return Database.open(TestDatabase.settings(settings), DataFolder.at(folder));
    }
}
