package kontor.database;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Statements that fill several tables and are sent together, in one trip to the database and back. They run in their
 * order; the first that fails ends them all, as it ends the transaction.
 */
public final class Statements {
    private final StringJoiner sql = new StringJoiner(";\n");
    private @Nullable Rows<?> rows;

    /** @param statement with one question mark for each column of the rows; it returns nothing */
    public void add(String statement, Rows<?> itsRows) {
        sql.add(statement);
        rows = rows == null ? itsRows : rows.and(itsRows);
    }

    /** Runs what was added, on the connection of the surrounding transaction. */
    public void run(JdbcTemplate jdbc) {
        if (rows != null) rows.update(jdbc, sql.toString());
    }
}
