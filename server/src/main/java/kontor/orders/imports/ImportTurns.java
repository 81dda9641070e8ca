package kontor.orders.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import kontor.web.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Lets one import run at a time, on all servers together. The turn is a lock of a database session and ends with it, so
 * that a server which dies gives it back. Should the session be lost meanwhile, nothing is doubled either: external ids
 * are unique.
 */
@Component
class ImportTurns {
    private static final Logger log = LoggerFactory.getLogger(ImportTurns.class);
    private static final String LOCK = "hashtextextended('kontor.orders.imports', 0)";

    private final DataSource database;

    ImportTurns(DataSource database) {
        this.database = database;
    }

    /** Has the turn until it is closed. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws Refusal 409 when another import is running */
    Turn take() {
        try {
            var connection = database.getConnection();
            if (lock(connection)) return () -> end(connection);
            connection.close();
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("no turn to import", e);
        }
        throw new Refusal(
                HttpStatus.CONFLICT,
                "import_running",
                "Another import is running. Try again when it has ended.",
                Map.of("retry_after", 5),
                List.of());
    }

    private static boolean lock(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static void end(Connection connection) {
        try (connection;
                var statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
        } catch (SQLException e) {
            log.warn("The import's database session was lost, and its turn with it: {}", e.toString());
        }
    }
}
