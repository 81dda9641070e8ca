package kontor.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a write would succeed now, by writing: a message into PostgreSQL's log that no table holds and nobody
 * reads, committed like an order. Says so in time even when the database says nothing, and writes at most once a second
 * however often it is asked.
 */
final class WriteProbe {
    private static final Logger log = LoggerFactory.getLogger(WriteProbe.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration GOOD_FOR = Duration.ofSeconds(1);
    /** Without a value on a standby, and on a database that was told to take no writes. */
    private static final String WRITE = """
            SELECT CASE WHEN current_setting('transaction_read_only') = 'off'
                        THEN pg_logical_emit_message(true, 'kontor', 'probe') END IS NOT NULL
            """;

    private final DataSource pool;
    private @Nullable Attempt newest;
    private volatile boolean succeededBefore = true;

    WriteProbe(DataSource pool) {
        this.pool = pool;
    }

    private record Attempt(CompletableFuture<Boolean> outcome, long begun) {
        Duration age() {
            return Duration.ofNanos(System.nanoTime() - begun);
        }
    }

    /** Waits at most two seconds. */
    boolean succeeds() {
        var succeeds = await(current());
        if (succeeds != succeededBefore) {
            succeededBefore = succeeds;
            if (succeeds) log.info("The database takes writes again");
            else log.warn("The database does not take writes");
        }
        return succeeds;
    }

    private static boolean await(Attempt attempt) {
        try {
            var left = PATIENCE.minus(attempt.age());
            return attempt.outcome().get(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The one under way, however long it takes: a database that hangs must not swallow one connection after the other. */
    private synchronized Attempt current() {
        var attempt = newest;
        if (attempt == null || (attempt.outcome().isDone() && attempt.age().compareTo(GOOD_FOR) > 0)) {
            attempt = begin();
            newest = attempt;
        }
        return attempt;
    }

    private Attempt begin() {
        var outcome = new CompletableFuture<Boolean>();
        Thread.ofVirtual().name("write-probe").start(() -> outcome.complete(write()));
        return new Attempt(outcome, System.nanoTime());
    }

    private boolean write() {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(WRITE)) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException | RuntimeException e) {
            log.debug("The database does not take writes", e);
            return false;
        }
    }
}
