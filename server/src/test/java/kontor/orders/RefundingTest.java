package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static kontor.orders.MoneyTester.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.Ids;
import kontor.money.Money;
import kontor.payments.PaymentMoves;
import kontor.payments.Payments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class RefundingTest {
    @Autowired
    private JdbcClient database;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private MoneyTester money;

    @Autowired
    private DyingServer dying;

    @Autowired
    private PaymentMoves moves;

    @Autowired
    private Payments payments;

    @Autowired
    private RefundStore refunds;

    @Autowired
    private Ids ids;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void aPartGoesBackAndIsBooked() {
        var order = money.paid();
        var refund = money.refund(order, Map.of("amount", gbp(200), "reason", "damaged", "note", "cracked"));
        assertThat(refund.status()).as(refund.text()).isEqualTo(201);
        assertThat(refund.at("/state")).isEqualTo("succeeded");
        assertThat(refund.at("/payments/0/state")).isEqualTo("succeeded");
        assertThat(refund.header("Location")).isEqualTo("/orders/" + order.at("/id") + "/refunds/" + refund.at("/id"));
        assertThat(money.staff().get(refund.header("Location")).json()).isEqualTo(refund.json());
        assertThat(money.paymentStatus(order)).isEqualTo("partially_refunded");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 200 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 310", "refunds 200", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 200");
        assertThat(money.history(order)).containsExactly("placed", "payment_captured", "refunded");
        var asked = money.staff().get("/payments/" + order.at("/payments/0/id") + "/operations");
        assertThat(asked.at("/items/0/kind")).isEqualTo("authorize");
        assertThat(asked.at("/items/1/kind")).isEqualTo("refund");
        assertThat(asked.at("/items/1/state")).isEqualTo("succeeded");
        assertThat(asked.at("/items/1/refund_id")).isEqualTo(refund.at("/id"));
        assertThat(asked.at("/items/1/reference")).startsWith("re_");
    }

    @Test
    void whatIsNotKnownYetIsSettledFirstAndTheOrderWithIt() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"create\"}");
        var order = money.paid();
        assertThat(order.status()).isEqualTo(202);
        assertThat(money.refund(order, 200).status()).isEqualTo(201);
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.paymentStatus(order)).isEqualTo("partially_refunded");
        assertThat(money.books(order)).containsExactly("gateway_clearing 310", "refunds 200", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 200");
    }

    @Test
    void withoutAnAmountAllThatIsLeftGoesBack() {
        var order = money.paid();
        money.refund(order, 200);
        var rest = money.refund(order, Map.of("reason", "requested_by_customer"));
        assertThat(rest.at("/amount/amount")).isEqualTo("310");
        assertThat(money.paymentStatus(order)).isEqualTo("refunded");
        assertThat(money.books(order)).containsExactly("refunds 510", "revenue -510");
        var more = money.refund(order, 1);
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.at("/code")).isEqualTo("not_refundable");
        assertThat(more.at("/payment_status")).isEqualTo("refunded");
    }

    @Test
    void linesComeToTheirShareOfWhatWasPaid() {
        var order = money.paid();
        var sku = order.at("/lines/0/sku");
        var one =
                money.refund(order, Map.of("lines", List.of(Map.of("sku", sku, "quantity", 1)), "reason", "returned"));
        assertThat(one.status()).as(one.text()).isEqualTo(201);
        assertThat(one.at("/amount/amount")).isEqualTo("255");
        assertThat(one.at("/lines/0/sku")).isEqualTo(sku);
        var two =
                money.refund(order, Map.of("lines", List.of(Map.of("sku", sku, "quantity", 2)), "reason", "returned"));
        assertThat(two.status()).isEqualTo(422);
        assertThat(two.at("/errors/0/field")).isEqualTo("lines[0].quantity");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 255 0");
    }

    @Test
    void theSameKeyGivesBackOnceAndTellsTheSame() {
        var order = money.paid();
        var key = key();
        var body = Map.of("amount", gbp(100), "reason", "other");
        var address = "/orders/" + order.at("/id") + "/refunds";
        var staff = money.staff();
        var first = staff.post(address, body, "Idempotency-Key", key);
        var again = staff.post(address, body, "Idempotency-Key", key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 100");
        var other = staff.post(address, Map.of("amount", gbp(101), "reason", "other"), "Idempotency-Key", key);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.at("/code")).isEqualTo("idempotency_key_reused");
        assertThat(staff.post(address, body).at("/code")).isEqualTo("idempotency_key_required");
    }

    @Test
    void fiftyAtOnceGiveBackNoMoreThanWasPaid() throws Exception {
        var order = money.paid();
        var staff = money.staff();
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 50; i++)
            calls.add(() -> staff.post(
                    "/orders/" + order.at("/id") + "/refunds",
                    Map.of("amount", gbp(510), "reason", "other"),
                    "Idempotency-Key",
                    key()));
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls))
                statuses.add(answer.resultNow().status());
        }
        assertThat(statuses).containsOnlyOnce(201);
        assertThat(statuses).allMatch(status -> status == 201 || status == 409);
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 510");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 510 0");
    }

    @Test
    void whatNobodyAnsweredCountsAsGoneAndIsFoundOutBeforeTheNext() {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"refund\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 3}");
        var refund = money.refund(order, 400);
        assertThat(refund.status()).as(refund.text()).isEqualTo(202);
        assertThat(refund.at("/state")).isEqualTo("pending");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 400");
        TestGateway.clearFaults();
        var more = money.refund(order, 400);
        assertThat(more.status()).as(more.text()).isEqualTo(422);
        assertThat(more.at("/code")).isEqualTo("amount_too_large");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 400 0");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 400");
        assertThat(money.books(order)).contains("refunds 400");
    }

    @Test
    void oneThatTheGatewayRefusesLeavesEverythingAsItWasAndIsShownToStaff() {
        var order = money.paid();
        // Behind our back everything has gone back already, so that the gateway refuses.
        TestGateway.refundBehindOurBack(order.at("/id"));
        var refund = money.refund(order, 510);
        assertThat(refund.status()).as(refund.text()).isIn(202, 402);
        assertThat(money.payments(order).getFirst()).startsWith("card captured 510 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void oneThatComesBackIsTakenBackInTheBooksAndShownToStaff() {
        var order = money.paid();
        var sku = order.at("/lines/0/sku");
        var one = Map.of("lines", List.of(Map.of("sku", sku, "quantity", 2)), "reason", "returned");
        var refund = money.refund(order, one);
        assertThat(money.paymentStatus(order)).isEqualTo("refunded");
        TestGateway.control("/_refunds/" + referenceOf(order, 1), "{\"reason\": \"expired_or_canceled_card\"}");
        money.awaitThat(() -> assertThat(money.workItems(order)).containsExactly("refund_failed"));
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(money.paymentStatus(order)).isEqualTo("paid");
        assertThat(money.history(order)).containsExactly("placed", "payment_captured", "refunded", "refund_failed");
        var document = money.staff().get(refund.header("Location"));
        assertThat(document.at("/state")).isEqualTo("failed");
        assertThat(document.at("/payments/0/state")).isEqualTo("failed");
        var again = money.refund(order, one);
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(money.books(order)).containsExactly("refunds 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 510", "refunded 510", "refund_failed 510", "refunded 510");
    }

    @Test
    void oneThatIsSentBackAtOnceIsTakenBackOnce() {
        var order = money.order(MoneyTester.card("pm_card_refundFail"));
        money.refund(order, 200);
        money.awaitThat(() -> assertThat(money.workItems(order)).containsExactly("refund_failed"));
        money.refund(order, 100);
        money.awaitThat(() -> assertThat(money.history(order).stream().filter("refund_failed"::equals))
                .hasSize(2));
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void oneOfACancelledOrderComesBackAndCanBePaidOutAnew() {
        var order = money.paid();
        money.refund(order, 510);
        assertThat(money.cancel(order).status()).isEqualTo(200);
        TestGateway.control("/_refunds/" + referenceOf(order, 1), "{\"reason\": \"lost_or_stolen_card\"}");
        money.awaitThat(() -> assertThat(money.workItems(order)).containsExactly("refund_failed"));
        assertThat(money.read(order).at("/status")).isEqualTo("cancelled");
        assertThat(money.paymentStatus(order)).isEqualTo("paid");
        assertThat(money.refund(order, 510).status()).isEqualTo(201);
        assertThat(money.paymentStatus(order)).isEqualTo("refunded");
        assertThat(money.books(order)).containsExactly("refunds 510", "revenue -510");
    }

    @Test
    void oneThatIsOnlySaidToHaveComeBackStaysPaidOut() {
        var order = money.paid();
        money.refund(order, 200);
        money.tellOfRefund(order, referenceOf(order, 1), "failed", 200);
        assertThat(money.workItems(order)).isEmpty();
        assertThat(money.payments(order)).containsExactly("card captured 510 0 200 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 310", "refunds 200", "revenue -510");
    }

    private String referenceOf(Api.Answer order, int operation) {
        return money.staff()
                .get("/payments/" + order.at("/payments/0/id") + "/operations")
                .at("/items/" + operation + "/reference");
    }

    @Test
    void whatACardDoesNotTakeBackGoesByTransfer() {
        var order = money.order(MoneyTester.card("pm_card_refundFail"));
        money.refund(order, 200);
        money.awaitThat(() -> assertThat(money.workItems(order)).containsExactly("refund_failed"));
        var sent = Map.of("amount", gbp(200), "reason", "other", "method", "transfer", "reference", "statement 12");
        var refund = money.refund(order, sent);
        assertThat(refund.status()).as(refund.text()).isEqualTo(201);
        assertThat(refund.at("/state")).isEqualTo("succeeded");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 200 0");
        assertThat(money.books(order))
                .containsExactly("bank -200", "gateway_clearing 510", "refunds 200", "revenue -510");
        assertThat(money.paymentStatus(order)).isEqualTo("partially_refunded");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 510", "refunded 200", "refund_failed 200");
        var more = Map.of("amount", gbp(311), "reason", "other", "method", "transfer", "reference", "13");
        assertThat(money.refund(order, more).at("/code")).isEqualTo("amount_too_large");
    }

    @Test
    void aTransferIsBelievedOfThoseOnlyWhoMayRecordOneAndNameIt() {
        var order = money.paid();
        var address = "/orders/" + order.at("/id") + "/refunds";
        var named = Map.of("amount", gbp(200), "reason", "other", "method", "transfer", "reference", "statement 12");
        var clerk = api.as(users.with("orders:refund"));
        assertThat(clerk.post(address, named, "Idempotency-Key", key()).status())
                .isEqualTo(403);
        var nameless = money.refund(order, Map.of("amount", gbp(200), "reason", "other", "method", "transfer"));
        assertThat(nameless.status()).isEqualTo(422);
        assertThat(nameless.at("/errors/0/field")).isEqualTo("reference");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        var cashier = api.as(users.with("orders:refund", "payments:record"));
        assertThat(cashier.post(address, named, "Idempotency-Key", key()).status())
                .isEqualTo(201);
    }

    @Test
    void whatFailedOfARefundIsForTheSameWhenItIsGivenBackAnew() {
        var order = money.withShipping("{\"method\": \"invoice\"}");
        var half = Long.parseLong(order.at("/total/amount")) / 2;
        money.pay(order, Map.of("method", "card", "gateway", "stripe", "token", "pm_card_visa", "amount", gbp(half)));
        money.pay(order, Map.of("method", "card", "gateway", "stripe", "token", "pm_card_refundFail"));
        var all = money.refund(order, Map.of("reason", "other"));
        assertThat(all.status()).as(all.text()).isEqualTo(201);
        money.awaitThat(() -> assertThat(money.workItems(order)).containsExactly("refund_failed"));
        var rest = money.refund(order, Map.of("reason", "other", "method", "transfer", "reference", "12"));
        assertThat(rest.status()).as(rest.text()).isEqualTo(201);
        assertThat(money.paymentStatus(order)).isEqualTo("refunded");
        var shipping = database.sql("SELECT shipping FROM orders.refunds WHERE order_id = ?::bigint ORDER BY id")
                .params(order.at("/id"))
                .query(Long.class)
                .list();
        assertThat(shipping.getLast()).isBetween(1L, shipping.getFirst() - 1);
    }

    @Test
    void nonsenseIsRefusedAndMovesNothing() {
        var order = money.paid();
        for (var body : List.of(
                Map.of("amount", gbp(0), "reason", "other"),
                Map.of("amount", gbp(-1), "reason", "other"),
                Map.of("amount", gbp(511), "reason", "other"),
                Map.of("amount", gbp(Long.MAX_VALUE), "reason", "other"),
                Map.of("amount", Map.of("amount", 5, "currency", "EUR"), "reason", "other"),
                Map.of("amount", Map.of("amount", 5), "reason", "other"),
                Map.of("shipping", gbp(0), "reason", "other"),
                Map.of("amount", gbp(5), "reason", "because"),
                Map.of("amount", gbp(5), "reason", "late_payment"),
                Map.of("amount", gbp(5)),
                Map.of("amount", gbp(5), "reason", "other", "method", "cash"),
                Map.of("amount", gbp(5), "reason", "other", "state", "succeeded"),
                Map.of("amount", gbp(5), "reason", "other", "note", "4242 4242 4242 4242"),
                Map.of("lines", List.of(), "reason", "other"),
                Map.of("lines", List.of(Map.of("sku", "NO-SUCH", "quantity", 1)), "reason", "other"),
                Map.of("shipping", gbp(1), "reason", "other"),
                Map.of(
                        "amount",
                        gbp(5),
                        "reason",
                        "other",
                        "payments",
                        List.of(Map.of("payment_id", 1, "amount", gbp(5)))),
                Map.of(
                        "amount",
                        gbp(5),
                        "reason",
                        "other",
                        "payments",
                        List.of(Map.of("payment_id", Long.parseLong(order.at("/payments/0/id")), "amount", gbp(4)))))) {
            var answer = money.refund(order, body);
            assertThat(answer.status()).as(body + " " + answer.text()).isEqualTo(422);
        }
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
        assertThat(money.staff()
                        .get("/orders/" + order.at("/id") + "/refunds")
                        .json()
                        .get("items"))
                .isEmpty();
    }

    @Test
    void whatIsNotPaidCannotGoBack() {
        var invoice = money.onInvoice();
        var answer = money.refund(invoice, 100);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("not_refundable");
        assertThat(answer.at("/payment_status")).isEqualTo("open");
        var waiting = money.order(MoneyTester.card("pm_card_threeDSecure2Required"));
        assertThat(money.refund(waiting, 100).status()).isEqualTo(409);
        assertThat(money.staff()
                        .post("/orders/999999999/refunds", Map.of("reason", "other"), "Idempotency-Key", key())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void onlyThoseWhoMayGiveMoneyBack() {
        var buyer = users.customer();
        var order = money.orderBy(api.as(buyer), MoneyTester.card("pm_card_visa"));
        var address = "/orders/" + order.at("/id") + "/refunds";
        var body = Map.of("reason", "other");
        assertThat(api.post(address, body, "Idempotency-Key", key()).status()).isIn(401, 404);
        assertThat(api.as(buyer).post(address, body, "Idempotency-Key", key()).status())
                .isEqualTo(403);
        assertThat(api.as(users.with("orders:refund"))
                        .post(address, body, "Idempotency-Key", key())
                        .status())
                .isEqualTo(201);
        var seen = api.as(buyer).get(address);
        assertThat(seen.at("/items/0/amount/amount")).isEqualTo("510");
        assertThat(seen.at("/items/0/actor")).isEmpty();
        assertThat(api.as(users.customer()).get(address).status()).isEqualTo(404);
    }

    @Test
    void anOrderThatKeepsNoMoneyCanBeCalledOff() {
        var order = money.paid();
        assertThat(money.cancel(order).status()).isEqualTo(409);
        money.refund(order, Map.of("reason", "requested_by_customer"));
        var cancelled = money.cancel(order);
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(cancelled.at("/status")).isEqualTo("cancelled");
        assertThat(cancelled.at("/payment_status")).isEqualTo("refunded");
    }

    @ParameterizedTest
    @EnumSource
    void oneOverTwoPaymentsThatACrashCutsInTwoIsPaidOutToBothOnce(DyingServer.Death death) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var order = money.onInvoice();
        var id = Long.parseLong(order.at("/id"));
        for (var amount : List.of(200, 310))
            assertThat(money.pay(
                                    order,
                                    Map.of(
                                            "method",
                                            "card",
                                            "gateway",
                                            "stripe",
                                            "token",
                                            "pm_card_visa",
                                            "amount",
                                            gbp(amount)))
                            .status())
                    .isEqualTo(201);
        var cards = payments.ofOrder(id).stream()
                .filter(payment -> !payment.isInvoice())
                .toList();
        var user = users.admin();
        var key = key();
        var refund = ids.next("orders.refund_ids");
        var begun = dying.begin(
                id,
                user,
                key,
                "refunds",
                new RefundRequest(Money.of(350, "GBP"), null, null, "other", null, null, null, null),
                cause -> {
                    refunds.insert(new Refund(
                            id,
                            refund,
                            Refund.State.PENDING,
                            Money.of(350, "GBP"),
                            new Refund.Parts(350, 0, 0, 0),
                            "other",
                            null,
                            cause.actor(),
                            cause.requestKey(),
                            Instant.now(),
                            List.of()));
                    return List.of(
                            moves.beginRefund(cards.getFirst(), 200, refund, cause),
                            moves.beginRefund(cards.getLast(), 150, refund, cause));
                });
        dying.survive(begun.getFirst());
        dying.die(begun.getLast(), death);
        assertThat(money.payments(order)).contains("card captured 200 0 200 0", "card captured 310 0 0 150");
        money.letPass(order, "1 minute");
        var body = Map.of("amount", gbp(350), "reason", "other");
        var again = api.as(user).post("/orders/" + id + "/refunds", body, "Idempotency-Key", key);
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.at("/state")).isEqualTo("succeeded");
        assertThat(again.at("/id")).isEqualTo(Long.toString(refund));
        assertThat(api.as(user)
                        .post("/orders/" + id + "/refunds", body, "Idempotency-Key", key)
                        .text())
                .isEqualTo(again.text());
        assertThat(money.payments(order)).contains("card captured 200 0 200 0", "card captured 310 0 150 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 160", "refunds 350", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 200", "captured 310", "refunded 200", "refunded 150");
    }

    @Test
    void oneThatIsOlderThanTheGatewaysMemoryIsNotSentAgain() {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"refund\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 100}");
        assertThat(money.refund(order, 400).status()).isEqualTo(202);
        money.letPass(order, "25 hours");
        TestGateway.clearFaults();
        money.eventuallyInTrouble(order, "unknown: not found, and too late to ask again under the same key");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 400");
        assertThat(money.refund(order, 400).at("/code")).isEqualTo("amount_too_large");
        money.letPass(order, "25 hours");
        money.eventuallyInTrouble(order, "failed: never_executed");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.history(order)).endsWith("refund_failed");
        assertThat(money.workItems(order)).contains("refund_failed");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
        assertThat(money.refund(order, 400).status()).isEqualTo(201);
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 400");
    }

    @Test
    void oneThatWasCarriedOutBeforeTheGatewayForgotItsKeyIsFoundAndBookedOnce() {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"refund\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 100}");
        assertThat(money.refund(order, 400).status()).isEqualTo(202);
        money.letPass(order, "60 hours");
        TestGateway.clearFaults();
        money.eventually(order, "partially_refunded");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 400 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 110", "refunds 400", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 400");
    }
}
