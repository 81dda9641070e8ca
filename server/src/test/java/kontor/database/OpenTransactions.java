package kontor.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Looks at the sessions of a database again and again, for transactions that are open and do nothing: such as one whose
 * server waits for a gateway.
 */
public final class OpenTransactions implements AutoCloseable {
    private static final long EVERY_MILLIS = 50;

    /** A session and when its transaction began, by PostgreSQL's clock. */
    private record Idle(int pid, String since, String statement) {}

    private final Duration longest;
    private final SingleConnectionDataSource connection;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<Idle, Long> firstSeen = new HashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private volatile boolean closed;

    /** @param longest that a transaction may be seen idle in all looks in between */
    public OpenTransactions(String database, Duration longest) throws SQLException {
        this.longest = longest;
        connection = new SingleConnectionDataSource(
                TestDatabase.superuserOf(database).getConnection(), true);
        thread.execute(() -> look(database));
    }

    private void look(String database) {
        var sql = JdbcClient.create(connection);
        while (!closed) {
            var idle = sql.sql("""
                            SELECT pid, xact_start::text, left(query, 200) FROM pg_stat_activity
                            WHERE datname = ? AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
                            """)
                    .param(database)
                    .query((row, number) -> new Idle(row.getInt(1), row.getString(2), row.getString(3)))
                    .list();
            var now = System.nanoTime();
            firstSeen.keySet().retainAll(Set.copyOf(idle));
            for (var each : idle) {
                var first = firstSeen.putIfAbsent(each, now);
                if (first != null && now - first > longest.toNanos())
                    seen.add("idle since " + each.since() + " after: " + each.statement());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Those that were seen idle for longer, with their last statement. */
    public List<String> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        closed = true;
        thread.close();
        connection.destroy();
    }
}
