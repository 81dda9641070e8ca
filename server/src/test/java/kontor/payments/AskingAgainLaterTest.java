package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A gateway that does not answer is asked again sooner at first, and later and later; by the clock of the database. */
@KontorTest
class AskingAgainLaterTest {
    private static final String SCHEDULE = """
            1, PT5S
            2, PT15S
            3, PT1M
            4, PT5M
            5, PT15M
            6, PT1H
            7, PT1H
            """;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private Payments payments;

    @Autowired
    private PaymentMoves moves;

    @Autowired
    private TransactionTemplate transaction;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private long order;

    @AfterEach
    void isAnsweredAtLast() {
        TestGateway.clearFaults();
        owner.sql("UPDATE payments.operations SET next_attempt_at = now() WHERE order_id = ? AND state = 'unknown'")
                .param(order)
                .update();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> payments.unansweredOf(order).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(textBlock = SCHEDULE)
    void aboutAnOrderThatWaitsForItsPayment(int attempt, Duration wait) {
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"create\"}");
        place("at_once", 202);
        var operation = afterAttempts(attempt - 1);
        transaction.executeWithoutResult(_ -> payments.settle(List.of(new Payments.Settlement(operation, silence()))));
        assertThat(untilNext(operation, attempt)).isEqualTo(wait);
    }

    @ParameterizedTest
    @CsvSource(textBlock = SCHEDULE)
    void aboutMoneyThatIsTakenLater(int attempt, Duration wait) {
        holdMessagesBack(); // the one about the hold would have the gateway asked about the capture too
        place("later", 201);
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"capture\"}");
        var captured = api.as(users.admin())
                .post(
                        "/orders/" + order + "/capture",
                        "{}",
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(captured.status()).as(captured.text()).isEqualTo(202);
        var operation = afterAttempts(attempt - 1);
        transaction.executeWithoutResult(_ -> moves.settle(operation, silence()));
        assertThat(untilNext(operation, attempt)).isEqualTo(wait);
    }

    private static void holdMessagesBack() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
    }

    private static GatewayAnswer silence() {
        return new GatewayAnswer.NoAnswer("silence");
    }

    private void place(String capture, int status) {
        var placed = api.as(users.admin())
                .post(
                        "/orders",
                        """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}],
                         "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "capture": "%s"}}
                        """.formatted(shop.article(255, 10), capture),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(placed.status()).as(placed.text()).isEqualTo(status);
        order = Long.parseLong(placed.at("/id"));
    }

    /** The one that has no answer, as it is after so many attempts. Nobody else takes it up meanwhile. */
    private Operation afterAttempts(int attempts) {
        owner.sql("""
                        UPDATE payments.operations SET attempts = ?, next_attempt_at = now() + interval '1 day'
                        WHERE order_id = ? AND state = 'unknown'
                        """).param(attempts).param(order).update();
        var payment = payments.ofOrder(order).getFirst();
        return payments.openOperation(order, payment.id()).orElseThrow();
    }

    private Duration untilNext(Operation operation, int attempt) {
        return owner.sql("""
                        SELECT extract(epoch FROM next_attempt_at - updated_at)::bigint FROM payments.operations
                        WHERE order_id = ? AND id = ? AND state = 'unknown' AND attempts = ?
                        """)
                .param(operation.orderId())
                .param(operation.id())
                .param(attempt)
                .query((row, number) -> Duration.ofSeconds(row.getLong(1)))
                .single();
    }
}
