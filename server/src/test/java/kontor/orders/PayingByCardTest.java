package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class PayingByCardTest {
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

    private TestUsers.TestUser buyer;
    private String mug;

    @BeforeEach
    void aBuyerAndAMug() {
        buyer = users.customer();
        mug = shop.article(255, 10);
    }

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void aGoodCardConfirmsTheOrderAndPostsTheMoney() {
        var answer = pay("pm_card_visa");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.at("/status")).isEqualTo("confirmed");
        assertThat(answer.at("/payment_status")).isEqualTo("paid");
        assertThat(answer.at("/payments/0/status")).isEqualTo("captured");
        assertThat(answer.at("/payments/0/gateway")).isEqualTo("stripe");
        var order = answer.at("/id");
        assertThat(TestGateway.effectsOn(order)).containsExactly("captured 510");
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(shop.available(mug)).isEqualTo(8);
        assertThat(api.as(buyer).get("/orders/" + order).json()).isEqualTo(answer.json());
        var payment = api.as(buyer).get("/payments/" + answer.at("/payments/0/id"));
        assertThat(payment.at("/captured/amount")).isEqualTo("510");
        assertThat(api.as(users.customer())
                        .get("/payments/" + answer.at("/payments/0/id"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void theSameKeyChargesOnceAndGetsTheSameAnswer() {
        var key = UUID.randomUUID().toString();
        var first = pay("pm_card_visa", key);
        var again = pay("pm_card_visa", key);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(TestGateway.effectsOn(first.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void twentyEqualRequestsAtOnceChargeOnceAndAreAnsweredEqually() throws Exception {
        TestGateway.fault("{\"kind\": \"hang\", \"ms\": 300, \"operation\": \"create\"}");
        var key = UUID.randomUUID().toString();
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 20; i++) calls.add(() -> pay("pm_card_visa", key));
        var texts = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls)) {
                assertThat(answer.resultNow().status()).isEqualTo(201);
                texts.add(answer.resultNow().text());
            }
        }
        assertThat(texts).hasSize(1);
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aDeclinedCardCancelsTheOrderAndFreesTheStock() {
        var key = UUID.randomUUID().toString();
        var answer = pay("pm_card_chargeDeclinedInsufficientFunds", key);
        assertThat(answer.status()).isEqualTo(402);
        assertThat(answer.at("/code")).isEqualTo("payment_declined");
        assertThat(answer.at("/decline_code")).isEqualTo("insufficient_funds");
        var order = answer.at("/order_id");
        var read = api.as(buyer).get("/orders/" + order);
        assertThat(read.at("/status")).isEqualTo("cancelled");
        assertThat(read.at("/payment_status")).isEqualTo("failed");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(entries(order)).isEmpty();
        assertThat(pay("pm_card_chargeDeclinedInsufficientFunds", key).text()).isEqualTo(answer.text());
    }

    @Test
    void aCardThatNeedsA3DSecureStepIsDeclinedWhenTheBuyerHasNowhereToComeBackTo() {
        var answer =
                place("{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_threeDSecure2Required\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(402);
        assertThat(answer.at("/decline_code")).isEqualTo("authentication_required");
        var order = answer.at("/order_id");
        assertThat(api.as(buyer).get("/orders/" + order).at("/status")).isEqualTo("cancelled");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(TestGateway.effectsOn(order)).isEmpty();
        assertThat(entries(order)).isEmpty();
    }

    @Test
    void a3DSecureStepConfirmsTheOrderOnceTheBuyerHasTakenIt() {
        var answer = pay("pm_card_threeDSecure2Required");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.at("/status")).isEqualTo("pending_payment");
        assertThat(answer.at("/payments/0/status")).isEqualTo("requires_action");
        assertThat(shop.available(mug)).isEqualTo(8);
        TestGateway.press(answer.at("/payments/0/action"), "complete");
        eventually(() -> "confirmed".equals(read(answer).at("/status"))); // by the gateway's message
        assertThat(read(answer).at("/payment_status")).isEqualTo("paid");
        assertThat(entries(answer.at("/id"))).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aFailed3DSecureStepCancelsTheOrderAndFreesTheStock() {
        var answer = pay("pm_card_threeDSecure2Required");
        TestGateway.press(answer.at("/payments/0/action"), "fail");
        eventually(() -> "cancelled".equals(read(answer).at("/status")));
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(TestGateway.effectsOn(answer.at("/id"))).doesNotContain("captured 510");
    }

    @Test
    void aTimeoutIsUnknownAndNotARefusalAndIsResolvedLater() {
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"create\"}");
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var answer = pay("pm_card_visa");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.at("/status")).isEqualTo("pending_payment");
        assertThat(answer.at("/payments/0/status")).isEqualTo("unknown");
        assertThat(shop.available(mug)).isEqualTo(8);
        dueNow(answer);
        eventually(() -> "confirmed".equals(read(answer).at("/status"))); // by recovery: the money had moved
        assertThat(TestGateway.effectsOn(answer.at("/id"))).containsExactly("captured 510");
        assertThat(entries(answer.at("/id"))).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void aQuestionThatNeverReachedTheGatewayIsAskedAgainUnderTheSameKey() {
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"create\"}");
        var answer = pay("pm_card_visa");
        assertThat(answer.status()).isEqualTo(202);
        dueNow(answer);
        eventually(() -> "confirmed".equals(read(answer).at("/status")));
        assertThat(TestGateway.effectsOn(answer.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void anAnswerAboutAnotherAmountIsNeverBelieved() {
        TestGateway.fault("{\"kind\": \"wrong_amount\", \"operation\": \"create\"}");
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var answer = pay("pm_card_visa");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.at("/payments/0/status")).isEqualTo("unknown");
        dueNow(answer);
        eventually(() -> "confirmed".equals(read(answer).at("/status")));
        assertThat(TestGateway.effectsOn(answer.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void messagesThatComeTwiceAndForgedOnesChangeNothing() {
        TestGateway.fault("{\"kind\": \"webhook_duplicate\", \"count\": 5}");
        TestGateway.fault("{\"kind\": \"webhook_forged\", \"count\": 5}");
        var answer = pay("pm_card_threeDSecure2Required");
        TestGateway.press(answer.at("/payments/0/action"), "complete");
        eventually(() -> "confirmed".equals(read(answer).at("/status")));
        assertThat(entries(answer.at("/id"))).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(history(answer)).isEqualTo(2);
    }

    @Test
    void aMessageWithoutAGoodSignatureIsRefusedAndNotKept() {
        var before = inbox();
        var forged =
                api.post("/gateways/stripe/webhook", "{\"id\": \"evt_1\", \"type\": \"payment_intent.succeeded\"}");
        assertThat(forged.status()).isEqualTo(401);
        var signed = api.post(
                "/gateways/stripe/webhook",
                "{\"id\": \"evt_1\", \"type\": \"payment_intent.succeeded\"}",
                "Stripe-Signature",
                "t=1,v1=00");
        assertThat(signed.status()).isEqualTo(401);
        assertThat(api.post("/gateways/nobody/webhook", "{}").status()).isEqualTo(404);
        assertThat(inbox()).isEqualTo(before);
    }

    @Test
    void aBuyerWhoDoesNotComeBackLosesTheStockAndIsNotCharged() {
        var answer = pay("pm_card_threeDSecure2Required");
        database.sql("UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = ?")
                .param(Long.parseLong(answer.at("/id")))
                .update();
        cancelling.cancelExpired();
        eventually(() -> "cancelled".equals(read(answer).at("/status"))); // the regular job may have been faster
        assertThat(read(answer).at("/payment_status")).isEqualTo("voided");
        assertThat(shop.available(mug)).isEqualTo(10);
        TestGateway.press(answer.at("/payments/0/action"), "complete");
        assertThat(TestGateway.effectsOn(answer.at("/id"))).doesNotContain("captured 510");
    }

    @Test
    void aPaidOrderKeepsItsStockWhenTheTimeToPayIsOver() {
        var answer = pay("pm_card_visa");
        database.sql("UPDATE inventory.holds SET expires_at = now() - interval '1 hour' WHERE order_id = ?")
                .param(Long.parseLong(answer.at("/id")))
                .update();
        cancelling.cancelExpired();
        assertThat(read(answer).at("/status")).isEqualTo("confirmed");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aBuyerWhoWasFasterThanTheExpiryKeepsTheOrder() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var answer = pay("pm_card_threeDSecure2Required");
        TestGateway.press(answer.at("/payments/0/action"), "complete");
        database.sql("UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = ?")
                .param(Long.parseLong(answer.at("/id")))
                .update();
        cancelling.cancelExpired();
        eventually(() -> "confirmed".equals(read(answer).at("/status"))); // the regular job may have been faster
        assertThat(shop.available(mug)).isEqualTo(8);
        assertThat(entries(answer.at("/id"))).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void theBuyerCanCallOffAnOrderThatWaitsFor3DSecure() {
        var answer = pay("pm_card_threeDSecure2Required");
        var cancelled = api.as(buyer).post("/orders/" + answer.at("/id") + "/cancel", "{}", "Idempotency-Key", "c");
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(cancelled.at("/status")).isEqualTo("cancelled");
        assertThat(shop.available(mug)).isEqualTo(10);
        var again = api.as(buyer).post("/orders/" + answer.at("/id") + "/cancel", "{}", "Idempotency-Key", "c");
        assertThat(again.text()).isEqualTo(cancelled.text());
    }

    @Test
    void aVoidWithoutAnswerThatFindsTheMoneyTakenConfirmsTheOrder() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var answer = pay("pm_card_threeDSecure2Required");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"cancel\"}");
        var cancelled = api.as(buyer).post("/orders/" + answer.at("/id") + "/cancel", "{}", "Idempotency-Key", "c");
        assertThat(cancelled.status()).isEqualTo(409);
        TestGateway.press(answer.at("/payments/0/action"), "complete");
        dueNow(answer);
        eventually(() -> "confirmed".equals(read(answer).at("/status")));
        assertThat(read(answer).at("/payments/0/status")).isEqualTo("captured");
        assertThat(entries(answer.at("/id"))).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aMessageThatOvertakesTheCancellationsAnswerConfirmsTheOrder() {
        for (var round = 0; round < 5; round++) {
            var answer = pay("pm_card_threeDSecure2Required");
            TestGateway.press(answer.at("/payments/0/action"), "complete");
            api.as(buyer).post("/orders/" + answer.at("/id") + "/cancel", "{}", "Idempotency-Key", "c" + round);
            eventually(() -> "confirmed".equals(read(answer).at("/status")));
            assertThat(entries(answer.at("/id"))).containsExactly("gateway_clearing 510", "revenue -510");
        }
    }

    @Test
    void callingOffWithoutAKeyLeavesTheWaitingPaymentAlone() {
        var answer = pay("pm_card_threeDSecure2Required");
        var refused = api.as(buyer).post("/orders/" + answer.at("/id") + "/cancel", "{}");
        assertThat(refused.at("/code")).isEqualTo("idempotency_key_required");
        assertThat(read(answer).at("/status")).isEqualTo("pending_payment");
        assertThat(read(answer).at("/payments/0/status")).isEqualTo("requires_action");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aPaidOrderIsNotCancelledButRefunded() {
        var answer = pay("pm_card_visa");
        var cancelled = api.as(buyer).post("/orders/" + answer.at("/id") + "/cancel", "{}", "Idempotency-Key", "c");
        assertThat(cancelled.status()).isEqualTo(409);
        assertThat(cancelled.at("/detail")).contains("Refund");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void refusesGatewaysTokensAndReturnAddressesThatCannotBe() {
        assertThat(place("{\"method\": \"card\", \"token\": \"pm_card_visa\"}").at("/errors/0/field"))
                .isEqualTo("payment.gateway");
        assertThat(place("{\"method\": \"card\", \"gateway\": \"nobody\", \"token\": \"t\"}")
                        .at("/errors/0/field"))
                .isEqualTo("payment.gateway");
        assertThat(place("{\"method\": \"card\", \"gateway\": \"stripe\"}").at("/errors/0/field"))
                .isEqualTo("payment.token");
        assertThat(place("{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"4242 4242 4242 4242\"}")
                        .at("/code"))
                .isEqualTo("card_data_refused");
        assertThat(place("{\"method\": \"cash\"}").at("/errors/0/field")).isEqualTo("payment.method");
        assertThat(place("{\"method\": \"invoice\", \"token\": \"t\"}").at("/errors/0/field"))
                .isEqualTo("payment");
        for (var url : new String[] {"javascript:alert(1)", "//host/x", "https://a@b.example/", "ftp://b.example/"})
            assertThat(place("{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"t\", \"return_url\": \"%s\"}"
                                    .formatted(url))
                            .at("/errors/0/field"))
                    .as(url)
                    .isEqualTo("payment.return_url");
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void sendsBuyersBackToTheShopAndNowhereElse() {
        var card =
                "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_threeDSecure2Required\", \"return_url\": \"%s\"}";
        var refused = place(card.formatted("https://elsewhere.example/back"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/errors/0/field")).isEqualTo("payment.return_url");
        assertThat(refused.at("/errors/0/code")).isEqualTo("foreign");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(ordersOf(buyer)).isZero();

        var order = place(card.formatted("/back?order=1"));
        assertThat(order.status()).as(order.text()).isEqualTo(202);
        var back = TestGateway.press(order.at("/payments/0/action"), "complete");
        assertThat(back.headers().firstValue("Location"))
                .hasValueSatisfying(location ->
                        assertThat(location).startsWith("https://shop.example/back?order=1&payment_intent="));
    }

    private long ordersOf(TestUsers.TestUser user) {
        return database.sql("SELECT count(*) FROM orders.orders WHERE customer_id = ?")
                .param(user.id())
                .query(Long.class)
                .single();
    }

    private Api.Answer pay(String token) {
        return pay(token, UUID.randomUUID().toString());
    }

    private Api.Answer pay(String token, String key) {
        return place(
                "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"%s\", \"return_url\": \"https://shop.example/back\"}"
                        .formatted(token),
                key);
    }

    private Api.Answer place(String payment) {
        return place(payment, UUID.randomUUID().toString());
    }

    private Api.Answer place(String payment, String key) {
        return api.as(buyer)
                .post(
                        "/orders",
                        "{\"currency\": \"GBP\", \"lines\": [{\"sku\": \"%s\", \"quantity\": 2}], \"payment\": %s}"
                                .formatted(mug, payment),
                        "Idempotency-Key",
                        key);
    }

    private Api.Answer read(Api.Answer order) {
        return api.as(buyer).get("/orders/" + order.at("/id"));
    }

    private java.util.List<String> entries(String order) {
        return database.sql("""
                        SELECT account || ' ' || amount FROM ledger.entries
                        JOIN ledger.transactions ON transactions.id = transaction_id
                        WHERE order_id = ? ORDER BY transaction_id, line
                        """)
                .param(Long.parseLong(order))
                .query(String.class)
                .list();
    }

    private long history(Api.Answer order) {
        return database.sql("SELECT count(*) FROM orders.history WHERE order_id = ?")
                .param(Long.parseLong(order.at("/id")))
                .query(Long.class)
                .single();
    }

    private long inbox() {
        return database.sql("SELECT count(*) FROM payments.inbound_events WHERE event_id = 'evt_1'")
                .query(Long.class)
                .single();
    }

    /** Brings the next look at the gateway forward; on its own it comes seconds later. */
    private void dueNow(Api.Answer order) {
        database.sql("UPDATE payments.operations SET next_attempt_at = now() WHERE order_id = ?")
                .param(Long.parseLong(order.at("/id")))
                .update();
    }

    private static void eventually(BooleanSupplier condition) {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(20)).until(condition::getAsBoolean);
    }
}
