package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;

import kontor.KontorTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class ServerOnItsDatabaseTest {
    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transactions;

    @Test
    void worksAsTheRoleThatOwnsNothing() {
        assertThat(jdbc.sql("SELECT current_user").query(String.class).single()).isEqualTo("kontor_app");
    }

    @Test
    void joinsSpringsTransactions() {
        var ids = transactions.execute(status -> jdbc.sql("SELECT pg_current_xact_id()::text")
                .query(String.class)
                .single()
                .equals(jdbc.sql("SELECT pg_current_xact_id()::text")
                        .query(String.class)
                        .single()));
        assertThat(ids).isTrue();
    }
}
