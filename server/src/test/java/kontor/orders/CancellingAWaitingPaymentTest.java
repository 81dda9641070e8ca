package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.idempotency.Idempotency;
import kontor.payments.Operation;
import kontor.payments.Payments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An order whose buyer has yet to take the 3-D Secure step is called off: the gateway is asked, and it may not answer. */
@KontorTest
class CancellingAWaitingPaymentTest {
    private static final String REASON = "{\"reason\": \"changed my mind\"}";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private Cancelling cancelling;

    @Autowired
    private Payments payments;

    @Autowired
    private Idempotency idempotency;

    private TestUsers.TestUser buyer;
    private String mug;
    private long order;
    private String action;

    @BeforeEach
    void anOrderThatWaitsForItsBuyer() {
        buyer = users.customer();
        mug = shop.article(255, 10);
        var placed = api.as(buyer).post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}],
                         "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_threeDSecure2Required",
                                     "return_url": "https://shop.example/back"}}
                        """.formatted(mug), "Idempotency-Key", "order");
        order = Long.parseLong(placed.at("/id"));
        action = placed.at("/payments/0/action");
    }

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void keepsWhoWantedItAndWhy() {
        assertThat(cancel("c", REASON).status()).isEqualTo(200);
        assertThat(history()).containsExactly("placed user:%d -".formatted(buyer.id()), cancelledByTheBuyer());
        assertThat(api.as(buyer).get("/orders/" + order + "/timeline").at("/items/1/detail"))
                .isEqualTo("changed my mind");
    }

    @Test
    void aRepetitionAfterTheGatewaysAnswerWasLostIsToldOfTheCancellation() {
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"cancel\"}");
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        assertThat(cancel("c", REASON).status()).isEqualTo(409); // for all that is known
        assertThat(shop.available(mug)).isEqualTo(8);
        askAgainNow();
        await().atMost(Duration.ofSeconds(20)).until(() -> "cancelled".equals(status()));
        var again = cancel("c", REASON);
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/status")).isEqualTo("cancelled");
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(cancel("c", REASON).text()).isEqualTo(again.text());
        assertThat(history()).hasSize(2).endsWith(cancelledByTheBuyer()); // although recovery brought the answer
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void aRepetitionAfterACrashBeforeTheAnswerIsToldOfTheCancellation() {
        dieAfterTheGatewayWasAsked("c");
        askAgainNow();
        var again = cancel("c", REASON);
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/status")).isEqualTo("cancelled");
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(cancel("c", REASON).text()).isEqualTo(again.text());
        assertThat(history()).hasSize(2).endsWith(cancelledByTheBuyer());
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void anotherKeyIsNotToldThatItWasTheOneThatCancelled() {
        assertThat(cancel("c", REASON).status()).isEqualTo(200);
        var other = cancel("other", REASON);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.at("/code")).isEqualTo("not_cancellable");
        assertThat(history()).hasSize(2);
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void theSameKeyForAnotherReasonIsRefusedAndMovesNothing() {
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"cancel\"}");
        assertThat(cancel("c", REASON).status()).isEqualTo(409);
        var other = cancel("c", "{\"reason\": \"too dear\"}");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.at("/code")).isEqualTo("idempotency_key_reused");
        assertThat(status()).isEqualTo("pending_payment");
        assertThat(operations("void")).isEqualTo(1);
        assertThat(shop.available(mug)).isEqualTo(8);
        askAgainNow(); // or recovery would do so in the middle of another test
        await().atMost(Duration.ofSeconds(20)).until(() -> "cancelled".equals(status()));
    }

    @Test
    void equalRequestsAtOnceWaitForTheFirstAndAreAnsweredEqually() throws Exception {
        TestGateway.fault("{\"kind\": \"hang\", \"ms\": 300, \"operation\": \"cancel\"}");
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 10; i++) calls.add(() -> cancel("c", REASON));
        var texts = new HashSet<String>();
        var replayed = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls)) {
                assertThat(answer.resultNow().status())
                        .as(answer.resultNow().text())
                        .isEqualTo(200);
                texts.add(answer.resultNow().text());
                if ("true".equals(answer.resultNow().header("Idempotent-Replayed"))) replayed++;
            }
        }
        assertThat(texts).hasSize(1);
        assertThat(replayed).isEqualTo(9);
        assertThat(operations("void")).isEqualTo(1);
        assertThat(history()).hasSize(2);
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void manyWithKeysOfTheirOwnCancelItOnce() throws Exception {
        TestGateway.fault("{\"kind\": \"hang\", \"ms\": 300, \"operation\": \"cancel\"}");
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 10; i++) calls.add(() -> cancel(UUID.randomUUID().toString(), REASON));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(calls).stream()
                            .map(answer -> answer.resultNow().status()))
                    .containsOnly(200, 409)
                    .containsOnlyOnce(200);
        }
        assertThat(operations("void")).isEqualTo(1);
        assertThat(history()).hasSize(2);
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void aBuyerWhoWasFasterHasPaidAndEveryRepetitionSaysSo() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.press(action, "complete");
        for (var i = 0; i < 2; i++) {
            var answer = cancel("c", REASON);
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.at("/order_status")).isEqualTo("confirmed");
            assertThat(answer.at("/detail")).contains("Refund");
        }
        assertThat(status()).isEqualTo("confirmed");
        assertThat(operations("void")).isEqualTo(1);
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void anExpiredOrderNamesTheExpiryAndNoReason() {
        database.sql("UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = ?")
                .param(order)
                .update();
        cancelling.cancelExpired();
        await().until(() -> "cancelled".equals(status()));
        assertThat(history()).hasSize(2).endsWith("cancelled expiry -");
    }

    /** Everything that a server does up to the moment when the gateway's answer reaches it. */
    private void dieAfterTheGatewayWasAsked(String key) {
        var actor = "user:" + buyer.id();
        var voiding =
                payments.voidOf(payments.ofOrder(order).getFirst(), new Operation.Cause(actor, key, "changed my mind"));
        var claimed = idempotency.required(
                List.of(key),
                actor,
                "POST /orders/" + order + "/cancel",
                new OrderController.Cancellation("changed my mind"));
        assertThat(cancelling.begin(voiding, claimed)).isTrue();
        payments.ask(voiding);
    }

    private Api.Answer cancel(String key, String body) {
        return api.as(buyer).post("/orders/" + order + "/cancel", body, "Idempotency-Key", key);
    }

    private String status() {
        return api.as(buyer).get("/orders/" + order).at("/status");
    }

    private String cancelledByTheBuyer() {
        return "cancelled user:%d changed my mind".formatted(buyer.id());
    }

    private List<String> history() {
        return database.sql("""
                        SELECT event || ' ' || actor || ' ' || coalesce(detail, '-') FROM orders.history
                        WHERE order_id = ? ORDER BY version
                        """).param(order).query(String.class).list();
    }

    private long operations(String kind) {
        return database.sql("SELECT count(*) FROM payments.operations WHERE order_id = ? AND kind = ?")
                .params(order, kind)
                .query(Long.class)
                .single();
    }

    /** Brings the next look at the gateway forward; on its own it comes seconds later. */
    private void askAgainNow() {
        database.sql("UPDATE payments.operations SET next_attempt_at = now() WHERE order_id = ?")
                .param(order)
                .update();
    }

    @Test
    void theSameRequestGoesThroughOnceWhatWasPaidHasGoneBack() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        assertThat(TestGateway.press(action, "complete").statusCode()).isLessThan(400);
        var staff = api.as(users.admin());
        var path = "/orders/" + order;
        assertThat(staff.post(path + "/cancel", REASON, "Idempotency-Key", "too-late")
                        .status())
                .isEqualTo(409);
        assertThat(staff.post(path + "/refunds", "{\"reason\": \"other\"}", "Idempotency-Key", "back")
                        .status())
                .isEqualTo(201);
        var cancelled = staff.post(path + "/cancel", REASON, "Idempotency-Key", "too-late");
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(cancelled.at("/status")).isEqualTo("cancelled");
        assertThat(staff.post(path + "/cancel", REASON, "Idempotency-Key", "too-late")
                        .text())
                .isEqualTo(cancelled.text());
        assertThat(shop.available(mug)).isEqualTo(10);
    }
}
