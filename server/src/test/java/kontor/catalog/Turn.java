package kontor.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import kontor.database.TestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Holds what changes of the catalogue, or reads of it, wait for, until it is closed. */
final class Turn implements AutoCloseable {
    private final Connection holder;

    private Turn(Connection holder) {
        this.holder = holder;
    }

    /** As somebody has it who is changing the catalogue. */
    static Turn taken() throws SQLException {
        return holding("SELECT catalog.take_turn()");
    }

    /** Nobody can even read the products. */
    static Turn withProductsLocked() throws SQLException {
        return holding("LOCK TABLE catalog.products IN ACCESS EXCLUSIVE MODE");
    }

    private static Turn holding(String statement) throws SQLException {
        var holder = TestDatabase.owner().getConnection();
        holder.setAutoCommit(false);
        try (var sql = holder.createStatement()) {
            sql.execute(statement);
        }
        return new Turn(holder);
    }

    static void awaitSomebodyWaiting() throws InterruptedException {
        var database = JdbcClient.create(TestDatabase.owner());
        for (var deadline = System.nanoTime() + 10_000_000_000L; ; Thread.sleep(10)) {
            assertThat(System.nanoTime()).as("somebody waits for the turn").isLessThan(deadline);
            if (database.sql("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                    .query(Boolean.class)
                    .single()) return;
        }
    }

    @Override
    public void close() throws SQLException {
        holder.rollback();
        holder.close();
    }
}
