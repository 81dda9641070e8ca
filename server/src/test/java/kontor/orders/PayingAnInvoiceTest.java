package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static kontor.orders.MoneyTester.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class PayingAnInvoiceTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private MoneyTester money;

    @Autowired
    private Paying paying;

    @Autowired
    private DyingServer dying;

    @Autowired
    private PaymentMoves moves;

    @Autowired
    private Payments payments;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    private static final Map<String, Object> BY_CARD = Map.of(
            "method", "card", "gateway", "stripe", "token", "pm_card_visa", "return_url", "https://shop.example/back");

    @Test
    void aTransferPaysIt() {
        var order = money.onInvoice();
        var paid = money.pay(order, Map.of("method", "transfer", "reference", "STATEMENT 7"));
        assertThat(paid.status()).as(paid.text()).isEqualTo(201);
        assertThat(paid.at("/payment_status")).isEqualTo("paid");
        assertThat(money.books(order)).containsExactly("bank 510", "revenue -510");
        assertThat(money.payments(order)).containsExactly("invoice captured 510 0 0 0");
        var more = money.pay(order, Map.of("method", "transfer"));
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.at("/code")).isEqualTo("nothing_due");
        assertThat(money.refund(order, 110).status()).isEqualTo(201);
        assertThat(money.books(order)).containsExactly("bank 400", "refunds 110", "revenue -510");
    }

    @Test
    void aCardPaysItOnlyFromTheShopsOwnPages() {
        var order = money.onInvoice();
        var byCard = new HashMap<>(BY_CARD);
        byCard.put("return_url", "https://elsewhere.example/back");
        var refused = money.pay(order, byCard);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/errors/0/field")).isEqualTo("return_url");
        assertThat(refused.at("/errors/0/code")).isEqualTo("foreign");
        assertThat(money.payments(order)).containsExactly("invoice open 0 0 0 0");
        assertThat(TestGateway.effectsOn(order.at("/id"))).isEmpty();
        byCard.put("return_url", "/back");
        assertThat(money.pay(order, byCard).status()).isEqualTo(201);
    }

    @Test
    void aCardPaysIt() {
        var buyer = api.as(users.customer());
        var order = money.orderBy(buyer, "{\"method\": \"invoice\"}");
        var paid = buyer.post("/orders/" + order.at("/id") + "/payments", BY_CARD, "Idempotency-Key", key());
        assertThat(paid.status()).as(paid.text()).isEqualTo(201);
        assertThat(paid.at("/payment_status")).isEqualTo("paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(money.payments(order))
                .containsExactlyInAnyOrder("invoice voided 0 0 0 0", "card captured 510 0 0 0");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void severalPaymentsPayItTogetherAndGetBackWhatTheyPaid() {
        var order = money.onInvoice();
        assertThat(money.pay(order, Map.of("method", "transfer", "amount", gbp(100)))
                        .at("/payment_status"))
                .isEqualTo("partially_paid");
        var byCard = new HashMap<>(BY_CARD);
        byCard.put("amount", gbp(200));
        assertThat(money.pay(order, byCard).at("/payment_status")).isEqualTo("partially_paid");
        assertThat(money.pay(order, BY_CARD).at("/payment_status")).isEqualTo("paid");
        assertThat(money.payments(order))
                .containsExactlyInAnyOrder(
                        "invoice captured 100 0 0 0", "card captured 200 0 0 0", "card captured 210 0 0 0");
        var refund = money.refund(order, 350);
        assertThat(refund.status()).as(refund.text()).isEqualTo(201);
        assertThat(money.books(order)).contains("refunds 350", "revenue -510");
        assertThat(money.payments(order))
                .containsExactlyInAnyOrder(
                        "invoice captured 100 0 100 0", "card captured 200 0 200 0", "card captured 210 0 50 0");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 200", "captured 210", "refunded 200", "refunded 50");
    }

    @Test
    void aDeclinedCardLeavesItOpen() {
        var order = money.onInvoice();
        var byCard = new HashMap<>(BY_CARD);
        byCard.put("token", "pm_card_chargeDeclined");
        var declined = money.pay(order, byCard);
        assertThat(declined.status()).isEqualTo(402);
        assertThat(declined.at("/code")).isEqualTo("payment_declined");
        assertThat(money.paymentStatus(order)).isEqualTo("open");
        assertThat(money.payments(order)).containsExactlyInAnyOrder("invoice open 0 0 0 0", "card failed 0 0 0 0");
        assertThat(money.pay(order, BY_CARD).status()).isEqualTo(201);
    }

    @Test
    void aSecondPaymentWaitsWhileTheFirstIsUnknown() {
        var order = money.onInvoice();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"create\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"search\", \"count\": 100}");
        var unknown = money.pay(order, BY_CARD);
        assertThat(unknown.status()).as(unknown.text()).isEqualTo(202);
        assertThat(money.paymentStatus(order)).isEqualTo("open");
        var second = money.pay(order, BY_CARD);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.at("/code")).isEqualTo("payment_under_way");
        assertThat(money.staff().get(second.at("/payment")).at("/status")).isEqualTo("unknown");
        assertThat(money.pay(order, Map.of("method", "transfer")).status()).isEqualTo(409);
        assertThat(money.cancel(order).status()).isEqualTo(409);
        TestGateway.clearFaults();
        money.letPass(order, "10 minutes"); // each request has asked once, and so put off the next time
        money.eventually(order, "paid");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void aCardThatItsBuyerNeverConfirmsIsGivenUpSoThatAnotherCanPay() {
        var order = money.onInvoice();
        var byCard = new HashMap<>(BY_CARD);
        byCard.put("token", "pm_card_threeDSecure2Required");
        var waiting = money.pay(order, byCard);
        assertThat(waiting.status()).as(waiting.text()).isEqualTo(202);
        assertThat(money.pay(order, BY_CARD).at("/code")).isEqualTo("payment_under_way");
        paying.endForgotten();
        assertThat(money.payments(order)).contains("invoice open 0 510 0 0");
        JdbcClient.create(TestDatabase.owner())
                .sql("UPDATE payments.payments SET updated_at = now() - interval '1 hour' WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .update();
        paying.endForgotten();
        assertThat(money.payments(order)).containsExactlyInAnyOrder("invoice open 0 0 0 0", "card voided 0 0 0 0");
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.pay(order, BY_CARD).at("/payment_status")).isEqualTo("paid");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void aBuyerWhoConfirmsBeforeItIsGivenUpHasPaid() {
        var order = money.onInvoice();
        var byCard = new HashMap<>(BY_CARD);
        byCard.put("token", "pm_card_threeDSecure2Required");
        var waiting = money.pay(order, byCard);
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var action = waiting.json()
                .get("payments")
                .valueStream()
                .map(payment -> payment.path("action").asString(""))
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElseThrow();
        TestGateway.press(action, "complete");
        JdbcClient.create(TestDatabase.owner())
                .sql("UPDATE payments.payments SET updated_at = now() - interval '1 hour' WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .update();
        paying.endForgotten();
        assertThat(money.payments(order))
                .containsExactlyInAnyOrder("invoice voided 0 0 0 0", "card captured 510 0 0 0");
        assertThat(money.paymentStatus(order)).isEqualTo("paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(money.workItems(order)).isEmpty();
    }

    @Test
    void anAmountThatIsNotDueIsRefusedAndMovesNothing() {
        var order = money.onInvoice();
        for (var amount : List.of(gbp(0), gbp(-1), gbp(511), Map.of("amount", 5, "currency", "EUR")))
            assertThat(money.pay(order, Map.of("method", "transfer", "amount", amount))
                            .status())
                    .isEqualTo(422);
        assertThat(money.pay(order, Map.of("method", "card", "gateway", "nobody", "token", "t"))
                        .status())
                .isEqualTo(422);
        var buyer = api.as(users.customer());
        var own = money.orderBy(buyer, "{\"method\": \"invoice\"}");
        assertThat(buyer.post(
                                "/orders/" + own.at("/id") + "/payments",
                                Map.of("method", "transfer"),
                                "Idempotency-Key",
                                key())
                        .status())
                .isEqualTo(403);
        assertThat(money.payments(order)).containsExactly("invoice open 0 0 0 0");
        assertThat(money.payments(own)).containsExactly("invoice open 0 0 0 0");
    }

    @Test
    void ofAPartlyPaidInvoiceThatWasGivenBackTheRestIsCalledOff() {
        var order = money.onInvoice();
        money.pay(order, Map.of("method", "transfer", "amount", gbp(100)));
        assertThat(money.cancel(order).status()).isEqualTo(409);
        money.refund(order, 100);
        var cancelled = money.cancel(order);
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(money.books(order)).containsExactly("refunds 100", "revenue -100");
    }

    @ParameterizedTest
    @EnumSource
    void aRepetitionAfterACrashIsToldWhatTheFirstWouldHaveBeenAndPaysItOnce(DyingServer.Death death) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var order = money.onInvoice();
        var id = Long.parseLong(order.at("/id"));
        var user = users.admin();
        var key = key();
        var invoice = payments.ofOrder(id).getFirst();
        var begun = dying.begin(
                id,
                user,
                key,
                "payments",
                new Paying.Request("card", null, "stripe", "pm_card_visa", "https://shop.example/back", null),
                cause -> List.of(beginCard(invoice, cause)));
        dying.die(begun.getFirst(), death);
        assertThat(money.payments(order)).contains("invoice open 0 510 0 0", "card created 0 0 0 0");
        money.letPass(order, "1 minute");
        var again = api.as(user).post("/orders/" + id + "/payments", BY_CARD, "Idempotency-Key", key);
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.at("/payment_status")).isEqualTo("paid");
        assertThat(api.as(user)
                        .post("/orders/" + id + "/payments", BY_CARD, "Idempotency-Key", key)
                        .text())
                .isEqualTo(again.text());
        assertThat(money.payments(order))
                .containsExactlyInAnyOrder("invoice voided 0 0 0 0", "card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    private PaymentMoves.Beginning beginCard(Payment invoice, Operation.Cause cause) {
        var card = new Payment(
                invoice.orderId(),
                payments.nextPaymentId(),
                "card",
                "stripe",
                invoice.amount(),
                PaymentStatus.CREATED,
                0,
                null);
        var authorize = new Operation(
                card.orderId(),
                card.id(),
                payments.nextOperationId(),
                Operation.Kind.AUTHORIZE,
                "stripe",
                card.amount(),
                true,
                "pm_card_visa",
                "https://shop.example/back",
                null,
                cause);
        return moves.beginPayment(invoice, card, authorize);
    }

    @Test
    void whatWasSetAsideForACardThatIsGivenUpIsReleasedOnceHoweverOftenItIsTold() {
        var order = money.onInvoice();
        money.pay(order, Map.of("method", "transfer", "amount", gbp(100)));
        var byCard = new HashMap<>(BY_CARD);
        byCard.put("token", "pm_card_threeDSecure2Required");
        byCard.put("amount", gbp(150));
        money.pay(order, byCard);
        assertThat(money.payments(order)).contains("invoice open 100 150 0 0");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"cancel\"}");
        TestGateway.fault("{\"kind\": \"webhook_duplicate\", \"count\": 5}");
        JdbcClient.create(TestDatabase.owner())
                .sql("UPDATE payments.payments SET updated_at = now() - interval '1 hour' WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .update();
        paying.endForgotten();
        money.letPass(order, "1 minute");
        await().atMost(Duration.ofSeconds(30)).until(() -> money.payments(order).contains("card voided 0 0 0 0"));
        assertThat(money.payments(order)).contains("invoice open 100 0 0 0");
        // Another card has the rest set aside while the messages of the first are acted on once more.
        byCard.put("amount", gbp(410));
        money.pay(order, byCard);
        for (var event : JdbcClient.create(TestDatabase.owner())
                .sql("SELECT event_id FROM payments.inbound_events WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .query(String.class)
                .list())
            assertThat(money.staff()
                            .post("/gateways/events/stripe/" + event + "/replay", "{}")
                            .status())
                    .isLessThan(300);
        assertThat(money.payments(order)).contains("invoice open 100 410 0 0");
        assertThat(money.pay(order, Map.of("method", "transfer", "amount", gbp(1)))
                        .status())
                .isEqualTo(409);
        assertThat(TestGateway.effectsOn(order.at("/id"))).isEmpty();
    }
}
