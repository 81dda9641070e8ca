package kontor.database;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Tells an absent database from a refused statement. */
final class Unavailable {
    private Unavailable() {}

    static boolean is(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && isUnavailable(sql)) return true;
            if (cause instanceof CannotCreateTransactionException) return true;
            // The rollback failed too, on the connection that was lost: what counts is why it was rolled back.
            if (cause instanceof TransactionSystemException rollback
                    && rollback.getOriginalException() != null
                    && is(rollback.getOriginalException())) return true;
            if (cause instanceof CannotGetJdbcConnectionException) return true;
        }
        return false;
    }

    private static boolean isUnavailable(SQLException error) {
        return error instanceof SQLTransientConnectionException // the pool has none left
                || error instanceof SQLRecoverableException
                || "Connection is closed".equals(error.getMessage()) // the pool's, of one that broke in mid-transaction
                || isUnavailable(error.getSQLState());
    }

    /** Classes and codes of PostgreSQL's appendix A, "Error Codes". */
    private static boolean isUnavailable(@Nullable String state) {
        if (state == null) return false;
        return state.startsWith("08") // connection
                || state.startsWith("53") // no connection, memory or disk left
                || state.startsWith("57P") // stopping, crashed, starting, idle for too long
                || state.equals("25006"); // a standby, which cannot write: the primary is elsewhere by now
    }
}
