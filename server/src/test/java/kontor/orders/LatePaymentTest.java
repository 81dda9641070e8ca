package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Money that comes for a payment that had ended is booked, given back, and shown. */
@KontorTest
class LatePaymentTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private JdbcClient database;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void isGivenBack() {
        var order = declined();
        money.payBehindOurBack(order, "automatic");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.payments(order)).containsExactly("card captured 510 0 510 0"));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 510");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.read(order).at("/status")).isEqualTo("cancelled");
        assertThat(money.paymentStatus(order)).isEqualTo("failed");
        assertThat(money.history(order)).containsExactly("placed", "payment_declined", "late_payment", "refunded");
        whatStaffWereShownHasClosedItself(order);
        var refunds = money.staff().get("/orders/" + order.at("/id") + "/refunds");
        assertThat(refunds.at("/items/0/reason")).isEqualTo("late_payment");
        assertThat(refunds.at("/items/0/state")).isEqualTo("succeeded");
    }

    @Test
    void isGivenBackOnceHoweverOftenTheGatewayTells() {
        var order = declined();
        TestGateway.fault("{\"kind\": \"webhook_duplicate\", \"count\": 5}");
        money.payBehindOurBack(order, "automatic");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.payments(order)).containsExactly("card captured 510 0 510 0"));
        for (var event : database.sql("SELECT event_id FROM payments.inbound_events WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .query(String.class)
                .list())
            assertThat(money.staff()
                            .post("/gateways/events/stripe/" + event + "/replay", "{}")
                            .status())
                    .isLessThan(300);
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 510");
        assertThat(money.history(order)).hasSize(4);
    }

    @Test
    void isFoundOutWhenTheAnswerToGivingItBackGetsLost() {
        var order = declined();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"refund\"}");
        money.payBehindOurBack(order, "automatic");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> money.payments(order).getFirst().contains("captured"));
        money.letPass(order, "1 minute");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.payments(order)).containsExactly("card captured 510 0 510 0"));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 510");
        assertThat(money.books(order)).isEmpty();
    }

    @Test
    void thatTheGatewayWillNotGiveBackIsKeptAndShownToStaff() {
        var order = declined();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        money.payBehindOurBack(order, "automatic");
        // What its buyer disputes cannot be refunded.
        TestGateway.control(
                "/_disputes", "{\"payment_intent\": \"" + TestGateway.paymentIntentOf(order.at("/id")) + "\"}");
        money.tell(order, "payment_intent.succeeded", "succeeded", 510);
        await().atMost(Duration.ofSeconds(30)).until(() -> money.history(order).contains("refund_failed"));
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.workItems(order)).containsExactly("late_payment", "refund_failed");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "disputed 510");
        assertThat(money.read(order).at("/status")).isEqualTo("cancelled");
        assertThat(money.paymentStatus(order)).isEqualTo("failed");
        // The books know of money that is owed to the buyer, and of none that the order has earned.
        assertThat(money.books(order)).anyMatch(each -> each.equals("gateway_clearing 510"));
        assertThat(money.books(order)).noneMatch(each -> each.startsWith("revenue"));
        money.tell(order, "payment_intent.succeeded", "succeeded", 510);
        assertThat(money.history(order)).containsOnlyOnce("late_payment", "refund_failed");
    }

    @Test
    void whatIsOnlyHeldIsGivenUp() {
        var declined = money.orderBy(money.staff(), """
                        {"method": "card", "gateway": "stripe", "token": "pm_card_chargeDeclined", "capture": "later",
                         "return_url": "https://shop.example/back"}""");
        var order = money.staff().get("/orders/" + declined.at("/order_id"));
        money.payBehindOurBack(order, "manual");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(TestGateway.effectsOn(order.at("/id")))
                        .containsExactly("authorized 510", "voided 510"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.payments(order)).containsExactly("card voided 0 0 0 0"));
        assertThat(money.read(order).at("/status")).isEqualTo("cancelled");
        assertThat(money.books(order)).isEmpty();
        whatStaffWereShownHasClosedItself(order);
    }

    @Test
    void doesNotComeByWayOfTheDeclinedPaymentItself() {
        var order = declined();
        assertThatThrownBy(() -> TestGateway.callStripe(
                        "/v1/payment_intents/" + money.referenceOf(order) + "/confirm", "payment_method=pm_card_visa"))
                .hasMessageContaining("payment_intent_unexpected_state");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(messages(order))
                        .containsExactlyInAnyOrder(
                                "payment_intent.payment_failed processed", "payment_intent.canceled processed"));
        assertThat(TestGateway.effectsOn(order.at("/id"))).isEmpty();
        assertThat(money.payments(order)).containsExactly("card failed 0 0 0 0");
        assertThat(money.history(order)).containsExactly("placed", "payment_declined");
        assertThat(money.workItems(order)).isEmpty();
        assertThat(money.books(order)).isEmpty();
    }

    private List<String> messages(Api.Answer order) {
        return database.sql("SELECT type || ' ' || state FROM payments.inbound_events WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .query(String.class)
                .list();
    }

    private Api.Answer declined() {
        var declined = money.order(MoneyTester.card("pm_card_chargeDeclined"));
        assertThat(declined.status()).isEqualTo(402);
        return money.staff().get("/orders/" + declined.at("/order_id"));
    }

    private void whatStaffWereShownHasClosedItself(Api.Answer order) {
        money.awaitThat(() -> assertThat(money.workItems(order)).isEmpty());
        var shown = money.staff().get("/work-items?resolved=true&order_id=" + order.at("/id"));
        assertThat(shown.at("/items/0/kind")).isEqualTo("late_payment");
        assertThat(shown.at("/items/0/resolution")).isEqualTo("it has gone back");
    }
}
