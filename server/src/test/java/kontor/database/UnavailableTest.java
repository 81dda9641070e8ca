package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.CannotCreateTransactionException;

class UnavailableTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08000", "08001", "08003", "08006", "08P01", "53100", "53200", "53300", "57P01", "57P02", "57P03",
                "57P05", "25006"
            })
    void anAbsentOrExhaustedDatabaseIsUnavailable(String state) {
        assertThat(Database.isUnavailable(new SQLException("gone", state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "23514", "40001", "40P01", "42601", "42501", "54000", "57014", "55P03", "22003"})
    void aRefusedStatementIsNot(String state) {
        assertThat(Database.isUnavailable(new SQLException("refused", state))).isFalse();
        assertThat(Database.isUnavailable(new UncategorizedSQLException("t", "s", new SQLException("refused", state))))
                .isFalse();
    }

    @Test
    void anEmptyPoolIsUnavailable() {
        assertThat(Database.isUnavailable(new SQLTransientConnectionException("no connection left")))
                .isTrue();
        assertThat(Database.isUnavailable(new SQLRecoverableException("closed")))
                .isTrue();
    }

    @Test
    void springsWordsForItAreUnavailable() {
        assertThat(Database.isUnavailable(new CannotGetJdbcConnectionException("none")))
                .isTrue();
        assertThat(Database.isUnavailable(new CannotCreateTransactionException("none")))
                .isTrue();
    }

    @Test
    void theCauseCounts() {
        var deep = new IllegalStateException(new RuntimeException(new SQLException("gone", "08006")));
        assertThat(Database.isUnavailable(deep)).isTrue();
    }

    @Test
    void everythingElseIsNot() {
        assertThat(Database.isUnavailable(new IllegalStateException("a bug"))).isFalse();
        assertThat(Database.isUnavailable(new SQLException("no state"))).isFalse();
        assertThat(Database.isUnavailable(new DataIntegrityViolationException("check")))
                .isFalse();
        assertThat(Database.isUnavailable(new QueryTimeoutException("too slow")))
                .isFalse();
    }
}
