package kontor.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import kontor.payments.GatewayBooks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Before anything is accepted after a restored backup, gateways have been asked about whatever is open. */
@KontorTest
class AskingFirstTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private Reconciliation reconciliation;

    @Autowired
    private UnownedMoney unowned;

    @Autowired
    private GatewayBooks gateways;

    @Autowired
    private LineStore lines;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void nothingIsAcceptedWhileAnOperationCouldNotBeAskedAbout() {
        var first =
                new ReconcileFirst(new ReconcileFirstSettings(true, false), reconciliation, unowned, gateways, lines);
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"create\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"search\", \"count\": 1000}");
        var order = pay();
        assertThat(order.at("/payments/0/status")).isEqualTo("unknown");
        var owner = TestDatabase.owner();
        // Recovery passes over what is locked, as it does over what is of a gateway that cannot be reached.
        new TransactionTemplate(new DataSourceTransactionManager(owner)).executeWithoutResult(_ -> {
            new JdbcTemplate(owner)
                    .queryForList(
                            "SELECT id FROM payments.operations WHERE order_id = ? FOR UPDATE",
                            Long.parseLong(order.at("/id")));
            await().atMost(Duration.ofSeconds(60)).until(() -> isDue(order));
            assertThat(triedOnce(first)).isFalse();
        });
        assertThat(first.acceptsWrites()).isFalse();
        TestGateway.clearFaults();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> "paid".equals(read(order).at("/payment_status")));
    }

    private static boolean triedOnce(ReconcileFirst first) {
        try {
            return first.tried(Duration.ofMillis(1));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isDue(Api.Answer order) {
        return Boolean.TRUE.equals(new JdbcTemplate(TestDatabase.owner())
                .queryForObject(
                        "SELECT next_attempt_at < now() FROM payments.operations WHERE order_id = ?",
                        Boolean.class,
                        Long.parseLong(order.at("/id"))));
    }

    private Api.Answer pay() {
        return api.as(users.admin())
                .post(
                        "/orders",
                        Map.of(
                                "currency",
                                "GBP",
                                "lines",
                                List.of(Map.of("sku", shop.article(255, 10), "quantity", 2)),
                                "payment",
                                Map.of("method", "card", "gateway", "stripe", "token", "pm_card_visa")),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
    }

    private Api.Answer read(Api.Answer order) {
        return api.as(users.admin()).get("/orders/" + order.at("/id"));
    }
}
