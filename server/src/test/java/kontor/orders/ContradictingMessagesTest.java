package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Adyen says that something was done and that it was not, and both messages are read before either is written down. */
@KontorTest
class ContradictingMessagesTest {
    private static final int ROUNDS = 30;

    @Autowired
    private MoneyTester money;

    @Autowired
    private AdyenMessages adyen;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void aRefundThatCameBackIsTakenBackWhicheverIsWrittenDownFirst() throws Exception {
        for (var round = 0; round < ROUNDS; round++) {
            var order = money.paidAtAdyen();
            heardLate("REFUND");
            money.refund(order, 200);
            assertThat(money.payments(order)).containsExactly("card captured 510 0 0 200");
            var name = adyen.nameOf(order, "refund");
            Callable<String> done = () -> adyen.tell(order, "REFUND", name, true, 200);
            Callable<String> failed = () -> adyen.tell(order, "REFUND_FAILED", name, true, 200);
            beside(order, round % 2 == 0 ? done : failed, round % 2 == 0 ? failed : done);
            assertThat(money.payments(order)).as("round " + round).containsExactly("card captured 510 0 0 0");
            assertThat(money.books(order)).as("round " + round).containsExactly("gateway_clearing 510", "revenue -510");
            assertThat(money.workItems(order)).as("round " + round).containsExactly("refund_failed");
            assertThat(money.history(order)).containsOnlyOnce("refund_failed");
        }
    }

    @Test
    void aCaptureThatFailedIsToldToStaffWhicheverIsWrittenDownFirst() throws Exception {
        for (var round = 0; round < 4; round++) {
            var order = money.heldAtAdyen();
            heardLate("CAPTURE");
            money.capture(order, "{}");
            assertThat(money.payments(order)).containsExactly("card authorized 0 510 0 0");
            var name = adyen.nameOf(order, "capture");
            Callable<String> done = () -> adyen.tell(order, "CAPTURE", name, true, 510);
            Callable<String> failed = () -> adyen.tell(order, "CAPTURE_FAILED", name, true, 510);
            beside(order, round % 2 == 0 ? done : failed, round % 2 == 0 ? failed : done);
            assertThat(money.workItems(order)).as("round " + round).containsExactly("unexpected_state");
        }
    }

    private static void heardLate(String operation) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"%s\"}".formatted(operation));
    }

    /** Both are read, and then wait for the order; the first one gets it first. */
    private static void beside(Api.Answer order, Callable<String> first, Callable<String> second) throws Exception {
        var database = TestDatabase.owner();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var told = new TransactionTemplate(new DataSourceTransactionManager(database)).execute(_ -> {
                new JdbcTemplate(database)
                        .queryForList(
                                "SELECT id FROM orders.orders WHERE id = ? FOR UPDATE",
                                Long.parseLong(order.at("/id")));
                return List.of(waiting(threads.submit(first), 1), waiting(threads.submit(second), 2));
            });
            for (var each : told) each.get();
        }
    }

    /** @param count of those who wait for the order now */
    private static Future<String> waiting(Future<String> told, int count) {
        var database = JdbcClient.create(TestDatabase.owner());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.sql("""
                        SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')
                        """).query(Integer.class).single() >= count);
        return told;
    }
}
