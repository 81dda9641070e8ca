package kontor.audit;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks every invariant. All of them look at one moment, so that a server may work on the database meanwhile and cause
 * no false alarm. Only reads.
 */
public final class Audit {
    /** How many of the rows that break an invariant are kept. */
    public static final int ROWS_SHOWN = 20;

    private static final int ROWS_AT_ONCE = 1000;
    private static final Duration LONGEST_QUERY = Duration.ofMinutes(30);

    /**
     * These queries read whole tables and join them, which hashing does best; a few rows too many or missing in the
     * planner's statistics must not tempt it to go row by row.
     */
    private static final String FOR_WHOLE_TABLES = """
            SET LOCAL search_path = pg_catalog;
            SET LOCAL work_mem = '64MB';
            SET LOCAL enable_nestloop = off;
            SET LOCAL jit = off;
            SET LOCAL max_parallel_workers_per_gather = 0;
            SET LOCAL idle_in_transaction_session_timeout = 0;
            SET LOCAL statement_timeout = 0
            """;

    private final List<Invariant> invariants;

    public Audit() {
        this(Invariants.all());
    }

    Audit(List<Invariant> invariants) {
        this.invariants = invariants;
    }

    public List<Invariant> invariants() {
        return invariants;
    }

    /**
     * Checks all of them.
     *
     * @param readers how many connections share the work: one is gentle, two are nearly twice as fast on two cores
     * @param told of each finding as soon as it is known, from any thread, one at a time
     * @throws SQLException when it could not be finished
     */
    public Report run(DataSource database, int readers, Consumer<Finding> told) throws SQLException {
        var begun = System.nanoTime();
        var connections = new ArrayDeque<Connection>();
        try {
            var first = open(database, connections);
            var moment = begin(first);
            for (var more = 1; more < readers; more++) join(open(database, connections), moment.snapshot());
            var findings = share(connections, told);
            return new Report(moment.at(), since(begun), findings);
        } finally {
            while (!connections.isEmpty()) close(connections.removeLast());
        }
    }

    /** @param snapshot names what the transaction sees, for others to see the same */
    private record Moment(Instant at, String snapshot) {}

    private static Connection open(DataSource database, ArrayDeque<Connection> connections) throws SQLException {
        var connection = database.getConnection();
        connections.add(connection);
        connection.setAutoCommit(false);
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(LONGEST_QUERY.toMillis()));
        return connection;
    }

    private static Moment begin(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute(FOR_WHOLE_TABLES);
            try (var row = statement.executeQuery("SELECT now(), pg_export_snapshot()")) {
                row.next();
                return new Moment(row.getObject(1, OffsetDateTime.class).toInstant(), row.getString(2));
            }
        }
    }

    private static void join(Connection connection, String snapshot) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot + "'");
            statement.execute(FOR_WHOLE_TABLES);
        }
    }

    private List<Finding> share(Iterable<Connection> connections, Consumer<Finding> told) throws SQLException {
        var left = new ConcurrentLinkedQueue<>(invariants);
        var findings = Collections.synchronizedList(new ArrayList<Finding>());
        var readers = new ArrayList<Callable<@Nullable Void>>();
        for (var connection : connections) {
            readers.add(() -> {
                try {
                    readAll(connection, left, finding -> {
                        synchronized (findings) {
                            findings.add(finding);
                            told.accept(finding);
                        }
                    });
                    return null;
                } finally {
                    left.clear(); // of a reader that failed the others need not go on
                }
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var reader : threads.invokeAll(readers)) reader.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) throw failure;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
        findings.sort(Comparator.comparingInt(finding -> invariants.indexOf(finding.invariant())));
        return List.copyOf(findings);
    }

    private static void readAll(Connection connection, Queue<Invariant> left, Consumer<Finding> told)
            throws SQLException {
        for (var invariant = left.poll(); invariant != null; invariant = left.poll())
            told.accept(check(connection, invariant));
    }

    private static void close(Connection connection) throws SQLException {
        try (connection) {
            connection.rollback();
        }
    }

    /** Checks one of them, in the transaction that is open on the connection. */
    static Finding check(Connection connection, Invariant invariant) throws SQLException {
        var begun = System.nanoTime();
        try (var statement = connection.createStatement()) {
            statement.setFetchSize(ROWS_AT_ONCE); // a broken shop may have a million violations
            try (var result = statement.executeQuery(invariant.query())) {
                var rows = new ArrayList<Map<String, @Nullable Object>>();
                var violations = 0L;
                while (result.next()) if (++violations <= ROWS_SHOWN) rows.add(row(result));
                return new Finding(invariant, violations, List.copyOf(rows), since(begun));
            }
        }
    }

    private static Map<String, @Nullable Object> row(ResultSet result) throws SQLException {
        var columns = result.getMetaData();
        var row = new LinkedHashMap<String, @Nullable Object>();
        for (var column = 1; column <= columns.getColumnCount(); column++)
            row.put(columns.getColumnLabel(column), plain(result, column));
        return Collections.unmodifiableMap(row);
    }

    private static @Nullable Object plain(ResultSet result, int column) throws SQLException {
        return switch (result.getObject(column)) {
            case null -> null;
            case Boolean truth -> truth;
            case Long number -> number;
            case Integer number -> number;
            case BigDecimal number -> number;
            case Timestamp time -> time.toInstant().toString();
            case Object _ -> result.getString(column);
        };
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
