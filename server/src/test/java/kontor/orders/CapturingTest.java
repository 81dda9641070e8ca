package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static kontor.orders.MoneyTester.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.payments.PaymentMoves;
import kontor.payments.Payments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class CapturingTest {
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

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void whatIsHeldConfirmsTheOrderAndIsTakenLater() {
        var order = money.held();
        assertThat(order.status()).as(order.text()).isEqualTo(201);
        assertThat(order.at("/status")).isEqualTo("confirmed");
        assertThat(order.at("/payment_status")).isEqualTo("authorized");
        assertThat(money.books(order)).isEmpty();
        var captured = money.capture(order, "{}");
        assertThat(captured.status()).as(captured.text()).isEqualTo(200);
        assertThat(captured.at("/payment_status")).isEqualTo("paid");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
        var again = money.capture(order, "{}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/code")).isEqualTo("not_capturable");
    }

    @Test
    void partsAddUpToTheWholeAndToItsBooks() {
        var order = money.held();
        var first = money.capture(order, Map.of("amount", gbp(199)));
        assertThat(first.at("/payment_status")).as(first.text()).isEqualTo("partially_paid");
        assertThat(money.payments(order)).containsExactly("card authorized 199 0 0 0");
        assertThat(money.capture(order, Map.of("amount", gbp(312))).status()).isEqualTo(422);
        assertThat(money.capture(order, Map.of("amount", gbp(1))).status()).isEqualTo(200);
        assertThat(money.capture(order, Map.of("amount", gbp(310))).at("/payment_status"))
                .isEqualTo("paid");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void theLastPartGivesUpTheRest() {
        var order = money.held();
        var last = money.capture(order, Map.of("amount", gbp(500), "last", true));
        assertThat(last.at("/payment_status")).as(last.text()).isEqualTo("paid");
        assertThat(money.payments(order)).containsExactly("card captured 500 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 500", "revenue -500");
        assertThat(money.capture(order, Map.of("amount", gbp(10))).status()).isEqualTo(409);
        assertThat(money.refund(order, 501).status()).isEqualTo(422);
        assertThat(money.refund(order, 500).status()).isEqualTo(201);
    }

    @Test
    void twentyAtOnceTakeItOnce() throws Exception {
        var order = money.held();
        var staff = money.staff();
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 20; i++)
            calls.add(() -> staff.post("/orders/" + order.at("/id") + "/capture", "{}", "Idempotency-Key", key()));
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls))
                statuses.add(answer.resultNow().status());
        }
        assertThat(statuses).containsOnlyOnce(200);
        assertThat(statuses).allMatch(status -> status == 200 || status == 409);
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void anAnswerThatGetsLostIsFoundOutAndBookedOnce() {
        var order = money.held();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"capture\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"retrieve\"}");
        var answer = money.capture(order, "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(money.payments(order)).containsExactly("card authorized 0 510 0 0");
        assertThat(money.cancel(order).status()).isEqualTo(409);
        money.letPass(order, "1 minute");
        money.eventually(order, "paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void whatIsHeldIsGivenUpWithTheOrder() {
        var order = money.held();
        var cancelled = money.cancel(order);
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(cancelled.at("/status")).isEqualTo("cancelled");
        assertThat(cancelled.at("/payment_status")).isEqualTo("voided");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "voided 510");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.capture(order, "{}").status()).isEqualTo(409);
    }

    @Test
    void whatIsLeftOfAHoldIsGivenUpOnceWhatWasTakenHasGoneBack() {
        var order = money.held();
        money.capture(order, Map.of("amount", gbp(200)));
        var tooEarly = money.cancel(order);
        assertThat(tooEarly.status()).isEqualTo(409);
        assertThat(money.payments(order)).containsExactly("card authorized 200 0 0 0");
        money.refund(order, 200);
        assertThat(money.paymentStatus(order)).isEqualTo("authorized");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"cancel\"}");
        var cancelled = money.cancel(order);
        assertThat(cancelled.status()).as(cancelled.text()).isIn(200, 409);
        money.awaitThat(() -> assertThat(money.read(order).at("/status")).isEqualTo("cancelled"));
        assertThat(money.paymentStatus(order)).isEqualTo("refunded");
        assertThat(money.payments(order)).containsExactly("card captured 200 0 200 0");
        assertThat(money.books(order)).containsExactly("refunds 200", "revenue -200");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("authorized 510", "captured 200", "refunded 200", "voided 310");
    }

    @Test
    void aHoldThatWasCapturedInPartAndIsGoneIsGivenUpWithoutTheGateway() {
        var order = money.held();
        money.capture(order, Map.of("amount", gbp(200)));
        money.refund(order, 200);
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.callStripe("/v1/payment_intents/" + money.referenceOf(order) + "/cancel", "");
        var cancelled = money.cancel(order);
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(money.paymentStatus(order)).isEqualTo("refunded");
        assertThat(money.workItems(order)).isEmpty();
    }

    @Test
    void anOrderStandsWhoseRefundComesBackWhileTheRestOfItsHoldIsGivenUp() {
        // From the first on: whatever the gateway tells has the open void looked up.
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 30}");
        var order = money.held();
        money.capture(order, Map.of("amount", gbp(200)));
        money.refund(order, 200);
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"cancel\"}");
        var key = key();
        var staff = money.staff();
        var address = "/orders/" + order.at("/id") + "/cancel";
        assertThat(staff.post(address, "{}", "Idempotency-Key", key).status()).isEqualTo(409);
        money.letPass(order, "-10 minutes"); // nobody asks for now
        var operations = staff.get("/payments/" + order.at("/payments/0/id") + "/operations");
        TestGateway.control(
                "/_refunds/" + operations.at("/items/2/reference"), "{\"reason\": \"expired_or_canceled_card\"}");
        money.tellOfRefund(order, operations.at("/items/2/reference"), "failed", 200);
        money.awaitThat(() -> assertThat(money.workItems(order)).contains("refund_failed"));
        money.letPass(order, "11 minutes");
        money.awaitThat(() -> assertThat(money.payments(order)).containsExactly("card captured 200 0 0 0"));
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.paymentStatus(order)).isEqualTo("paid");
        assertThat(staff.post(address, "{}", "Idempotency-Key", key).status()).isEqualTo(409);
        assertThat(money.books(order)).containsExactly("gateway_clearing 200", "revenue -200");
    }

    @Test
    void anOrderIsCalledOffThoughNobodyKnewYetThatItIsHeld() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"create\"}");
        var order = money.held();
        assertThat(order.status()).isEqualTo(202);
        money.letPass(order, "1 minute");
        var cancelled = money.cancel(order);
        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void ofCancellingAndTakingAtOnceOneWins() throws Exception {
        for (var round = 0; round < 5; round++) {
            var order = money.held();
            var calls = List.<Callable<Api.Answer>>of(() -> money.capture(order, "{}"), () -> money.cancel(order));
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var answer : threads.invokeAll(calls))
                    assertThat(answer.resultNow().status()).isIn(200, 402, 409);
            }
            var stands = money.read(order);
            if (stands.at("/status").equals("cancelled")) {
                assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "voided 510");
                assertThat(money.books(order)).isEmpty();
            } else {
                assertThat(stands.at("/payment_status")).isEqualTo("paid");
                assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
            }
        }
    }

    @Test
    void whatTheGatewayLetsGoByItselfIsNotCountedOnAnyLonger() {
        var order = money.held();
        TestGateway.callStripe("/v1/payment_intents/" + money.referenceOf(order) + "/cancel", "");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.payments(order)).containsExactly("card voided 0 0 0 0"));
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.paymentStatus(order)).isEqualTo("voided");
        assertThat(money.workItems(order)).containsExactly("authorization_gone");
        assertThat(money.capture(order, "{}").status()).isEqualTo(409);
        assertThat(money.cancel(order).at("/status")).isEqualTo("cancelled");
    }

    @Test
    void aCaptureThatFindsNothingHeldAnyMoreTakesNothing() {
        var order = money.held();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.callStripe("/v1/payment_intents/" + money.referenceOf(order) + "/cancel", "");
        var answer = money.capture(order, "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(402);
        assertThat(answer.at("/code")).isEqualTo("capture_failed");
        assertThat(money.payments(order)).containsExactly("card voided 0 0 0 0");
        assertThat(money.workItems(order)).containsExactly("authorization_gone");
        assertThat(money.books(order)).isEmpty();
    }

    @Test
    void onlyThoseWhoMayTakeMoney() {
        var buyer = users.customer();
        var asked = money.orderBy(
                api.as(buyer),
                "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\", \"capture\": \"later\"}");
        assertThat(asked.status()).isEqualTo(422);
        var order = money.held();
        assertThat(api.as(buyer)
                        .post("/orders/" + order.at("/id") + "/capture", "{}", "Idempotency-Key", key())
                        .status())
                .isEqualTo(403);
        assertThat(money.payments(order)).containsExactly("card authorized 0 0 0 0");
    }

    @Test
    void nonsenseIsRefusedAndMovesNothing() {
        var order = money.held();
        for (var body : List.of(
                Map.of("amount", gbp(0)),
                Map.of("amount", gbp(-5)),
                Map.of("amount", gbp(511)),
                Map.of("amount", Map.of("amount", 5, "currency", "EUR")),
                Map.of("amount", Map.of("amount", 5)),
                Map.of("amount", gbp(5), "last", "yes"),
                Map.of("total", 5)))
            assertThat(money.capture(order, body).status()).as(body.toString()).isEqualTo(422);
        assertThat(money.payments(order)).containsExactly("card authorized 0 0 0 0");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510");
    }

    @ParameterizedTest
    @EnumSource
    void aRepetitionAfterACrashIsToldWhatTheFirstWouldHaveBeenAndTakesItOnce(DyingServer.Death death) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var order = money.held();
        var id = Long.parseLong(order.at("/id"));
        var user = users.admin();
        var key = key();
        var held = payments.ofOrder(id).getFirst();
        var begun = dying.begin(
                id,
                user,
                key,
                "capture",
                new Capturing.Request(null, null),
                cause -> List.of(moves.beginCapture(held, 510, true, cause)));
        dying.die(begun.getFirst(), death);
        money.letPass(order, "1 minute");
        var again = api.as(user).post("/orders/" + id + "/capture", "{}", "Idempotency-Key", key);
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/payment_status")).isEqualTo("paid");
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(api.as(user)
                        .post("/orders/" + id + "/capture", "{}", "Idempotency-Key", key)
                        .text())
                .isEqualTo(again.text());
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void oneThatIsOlderThanTheGatewaysMemoryIsNotSentAgain() {
        var order = money.held();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"capture\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"retrieve\", \"count\": 100}");
        assertThat(money.capture(order, "{}").status()).isEqualTo(202);
        money.letPass(order, "25 hours");
        TestGateway.clearFaults();
        money.eventuallyInTrouble(order, "unknown: not found, and too late to ask again under the same key");
        assertThat(money.payments(order)).containsExactly("card authorized 0 510 0 0");
        assertThat(money.capture(order, "{}").at("/code")).isEqualTo("payment_under_way");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510");
        money.letPass(order, "25 hours");
        money.eventuallyInTrouble(order, "failed: never_executed");
        assertThat(money.payments(order)).containsExactly("card authorized 0 0 0 0");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.history(order)).endsWith("capture_failed");
        assertThat(money.capture(order, "{}").at("/payment_status")).isEqualTo("paid");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void oneThatWasCarriedOutBeforeTheGatewayForgotItsKeyIsFoundAndBookedOnce() {
        var order = money.held();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"capture\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"retrieve\", \"count\": 100}");
        assertThat(money.capture(order, Map.of("amount", gbp(300))).status()).isEqualTo(202);
        money.letPass(order, "60 hours");
        TestGateway.clearFaults();
        money.eventually(order, "partially_paid");
        assertThat(money.payments(order)).containsExactly("card authorized 300 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 300", "revenue -300");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 300");
    }

    @Test
    void oneThatIsUnknownIsNotGivenUpAndItsMessageBringsTheAnswer() {
        var order = money.held();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"capture\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"retrieve\", \"count\": 100}");
        assertThat(money.capture(order, "{}").status()).isEqualTo(202);
        assertThat(money.cancel(order).status()).isEqualTo(409);
        assertThat(money.payments(order)).containsExactly("card authorized 0 510 0 0");
        TestGateway.clearFaults();
        money.tell(order, "payment_intent.succeeded", "succeeded", 510);
        money.eventually(order, "paid");
        assertThat(money.cancel(order).status()).isEqualTo(409);
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
        assertThat(money.workItems(order)).isEmpty();
    }

    @Test
    void aVoidThatIsUnknownWhileTheMoneyIsTakenThereIsShownToStaffWhoCanCaptureIt() {
        var order = money.held();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"cancel\", \"count\": 100}");
        assertThat(money.cancel(order).status()).isEqualTo(409);
        TestGateway.callStripe("/v1/payment_intents/" + money.referenceOf(order) + "/capture", "");
        money.tell(order, "payment_intent.succeeded", "succeeded", 510);
        money.eventuallyInTrouble(order, "failed: too_late");
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.capture(order, "{}").at("/payment_status")).isEqualTo("paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
    }
}
