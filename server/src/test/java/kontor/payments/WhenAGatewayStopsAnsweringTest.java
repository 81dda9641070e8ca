package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Orders are taken all the same, and paid once it answers again; nobody else is held up. */
@KontorTest
class WhenAGatewayStopsAnsweringTest {
    private static final int UNTIL_IT_IS_NOTICED = 100;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private HikariDataSource pool;

    @Autowired
    private FlakyGateway flaky;

    @Autowired
    private GatewayGuards guards;

    @Autowired
    private OperationStore store;

    @Autowired
    private TransactionTemplate transaction;

    private TestUsers.TestUser buyer;
    private String mug;

    @BeforeEach
    void aBuyer() {
        buyer = users.customer();
        mug = shop.article(255, 1_000);
    }

    @AfterEach
    void answersAtLast() {
        flaky.become(FlakyGateway.Mood.ANSWERS);
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            allDueNow();
            return openOperations() == 0;
        });
    }

    @Test
    void anOrderIsTakenWithoutAskingItAndPaidWhenItAnswersAgain() {
        flaky.become(FlakyGateway.Mood.SILENT);
        for (var i = 0; i < UNTIL_IT_IS_NOTICED && guards.worthBeginning("flaky", 1) > 0; i++)
            assertThat(pay().status()).isEqualTo(202);
        assertThat(guards.worthBeginning("flaky", 1)).isZero();

        var order = pay();
        assertThat(order.status()).as(order.text()).isEqualTo(202);
        assertThat(order.at("/status")).isEqualTo("pending_payment");
        assertThat(operationOf(order)).isEqualTo("unknown: not sent: the gateway has stopped answering");
        assertThat(timesSent(order)).isZero();
        assertThat(api.onManagementPort().get("/actuator/health").status()).isEqualTo(200);

        flaky.become(FlakyGateway.Mood.ANSWERS);
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            allDueNow();
            return "confirmed".equals(read(order).at("/status"));
        });
        assertThat(read(order).at("/payment_status")).isEqualTo("paid");
        assertThat(timesSent(order)).isOne();
    }

    @Test
    void noDatabaseConnectionIsHeldWhileItIsWaitedFor() throws Exception {
        flaky.become(FlakyGateway.Mood.HANGS);
        var config = pool.getHikariConfigMXBean();
        var most = config.getMaximumPoolSize();
        config.setMaximumPoolSize(2);
        pool.getHikariPoolMXBean().softEvictConnections();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() <= 2);
            var hanging = IntStream.range(0, 20)
                    .mapToObj(_ -> threads.submit((Callable<Api.Answer>) this::pay))
                    .toList();
            await().atMost(Duration.ofSeconds(30)).until(() -> flaky.hanging() == 20);
            for (var i = 0; i < 10; i++)
                assertThat(api.as(buyer).get("/orders").status()).isEqualTo(200);
            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isLessThanOrEqualTo(2);
            assertThat(flaky.hanging()).isEqualTo(20);
            flaky.become(FlakyGateway.Mood.ANSWERS);
            for (Future<Api.Answer> answer : hanging)
                assertThat(answer.get().status()).isEqualTo(202);
        } finally {
            flaky.become(FlakyGateway.Mood.ANSWERS);
            config.setMaximumPoolSize(most);
        }
    }

    @Test
    void whatCannotBeAskedGetsAnotherTimeAndCountsNoAttempt() {
        // Rolled back, so that recovery never sees them.
        transaction.executeWithoutResult(status -> {
            plant(-1, "flaky", "unknown", "2 minutes");
            plant(-2, "flaky", "unknown", "10 seconds");
            plant(-3, "silent", "unknown", "2 minutes");
            plant(-4, "flaky", "failed", "2 minutes");
            store.putOffOverdue("flaky");
            assertThat(database.sql(
                                    "SELECT order_id FROM payments.operations WHERE order_id < 0 AND next_attempt_at > now()")
                            .query(Long.class)
                            .list())
                    .containsExactly(-1L);
            assertThat(database.sql("SELECT max(attempts) FROM payments.operations WHERE order_id < 0")
                            .query(Integer.class)
                            .single())
                    .isZero();
            status.setRollbackOnly();
        });
    }

    private void plant(long order, String gateway, String state, String overdue) {
        database.sql("""
                        INSERT INTO payments.operations
                            (order_id, payment_id, id, kind, state, gateway, currency, amount, next_attempt_at)
                        VALUES (?, ?, ?, 'authorize', ?, ?, 'GBP', 1, now() - ?::interval)
                        """).params(order, order, order, state, gateway, overdue).update();
    }

    private Api.Answer pay() {
        return api.as(buyer)
                .post(
                        "/orders",
                        """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 1}],
                         "payment": {"method": "card", "gateway": "flaky", "token": "tok"}}
                        """.formatted(mug),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
    }

    private Api.Answer read(Api.Answer order) {
        return api.as(buyer).get("/orders/" + order.at("/id"));
    }

    private String operationOf(Api.Answer order) {
        return database.sql("SELECT state || ': ' || code FROM payments.operations WHERE order_id = ?")
                .param(Long.parseLong(order.at("/id")))
                .query(String.class)
                .single();
    }

    private long timesSent(Api.Answer order) {
        return flaky.sent().stream()
                .filter(key -> key.contains("-" + order.at("/id") + "-"))
                .count();
    }

    private void allDueNow() {
        database.sql("""
                        UPDATE payments.operations SET next_attempt_at = now()
                        WHERE gateway = 'flaky' AND state IN ('intent', 'unknown')
                        """).update();
    }

    private long openOperations() {
        return database.sql("""
                        SELECT count(*) FROM payments.operations
                        WHERE gateway = 'flaky' AND state IN ('intent', 'unknown')
                        """).query(Long.class).single();
    }
}
