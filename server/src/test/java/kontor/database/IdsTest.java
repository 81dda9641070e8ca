package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class IdsTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final JdbcTemplate jdbc = new JdbcTemplate(TestDatabase.database().pool());
    private final Ids ids = new Ids(jdbc);

    @BeforeAll
    static void schema() {
        var owner = new JdbcTemplate(TestDatabase.owner());
        owner.execute("CREATE SCHEMA IF NOT EXISTS ids_test");
        owner.execute("GRANT USAGE ON SCHEMA ids_test TO kontor_app");
    }

    private static String sequence(int increment) {
        var name = "ids_test.s" + NUMBER.incrementAndGet();
        var owner = new JdbcTemplate(TestDatabase.owner());
        owner.execute("CREATE SEQUENCE %s INCREMENT BY %d".formatted(name, increment));
        owner.execute("GRANT USAGE ON SEQUENCE %s TO kontor_app".formatted(name));
        return name;
    }

    @Test
    void riseWithoutGapsWithinABlockAndEachIsGivenOnce() {
        var sequence = sequence(1024);
        for (var expected = 1; expected <= 1024; expected++) {
            assertThat(ids.next(sequence)).isEqualTo(expected);
        }
        // Which block comes next depends on whether the one fetched ahead was there in time.
        var seen = new HashSet<Long>();
        for (var i = 0; i < 3000; i++) seen.add(ids.next(sequence));
        assertThat(seen).hasSize(3000).allMatch(id -> id > 1024);
    }

    @Test
    void areUniqueAmongThreadsAndServers() {
        var sequence = sequence(64);
        var other = new Ids(jdbc);
        var seen = ConcurrentHashMap.<Long>newKeySet();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var thread = 0; thread < 16; thread++) {
                var server = thread % 2 == 0 ? ids : other;
                threads.execute(() -> {
                    for (var i = 0; i < 500; i++) seen.add(server.next(sequence));
                });
            }
        }
        assertThat(seen).hasSize(8000);
    }

    @Test
    void aSequenceThatCountsByOneHandsOutEachIdOnce() {
        var sequence = sequence(1);
        var seen = new HashSet<Long>();
        for (var i = 0; i < 20; i++) seen.add(ids.next(sequence));
        assertThat(seen).hasSize(20);
    }

    @Test
    void areAskedForOnTheCallersOwnConnection() { // otherwise callers with the last connections would wait for one more
        var sequence = sequence(2);
        var transaction = new TransactionTemplate(
                new JdbcTransactionManager(TestDatabase.database().pool()));
        var taken = transaction.execute(outer -> {
            var second = new TransactionTemplate(
                    new JdbcTransactionManager(TestDatabase.database().pool()));
            second.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
            return second.execute(
                    inner -> { // the pool holds two, both are taken now
                        for (var i = 0; i < 9; i++) ids.next(sequence);
                        return ids.next(sequence);
                    });
        });
        assertThat(taken).isGreaterThanOrEqualTo(10);
    }

    @Test
    void areNotGivenAgainAfterARollback() {
        var sequence = sequence(4);
        var transaction = new TransactionTemplate(
                new JdbcTransactionManager(TestDatabase.database().pool()));
        var lost = transaction.execute(status -> {
            status.setRollbackOnly();
            return ids.next(sequence);
        });
        assertThat(lost).isEqualTo(1);
        assertThat(ids.next(sequence)).isEqualTo(2);
        assertThat(new Ids(jdbc).next(sequence)).isGreaterThan(4);
    }

    @Test
    void anUnknownSequenceIsAnError() {
        assertThatThrownBy(() -> ids.next("ids_test.nothing")).isInstanceOf(DataAccessException.class);
    }
}
