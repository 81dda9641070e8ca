package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.money.Money;
import kontor.payments.DisputeNews;
import kontor.payments.DisputeNews.Status;
import kontor.payments.PaymentOutcomes;
import kontor.payments.Payments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class DisputesTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private PaymentOutcomes outcomes;

    @Autowired
    private Payments payments;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void takesTheMoneyOffTheGatewaysAccountAndCannotBeRefundedAsWell() {
        var order = money.paid();
        var dispute = open(order);
        eventually(order, "gateway_clearing 0");
        assertThat(money.books(order)).containsExactly("disputed 510", "revenue -510");
        assertThat(money.history(order)).endsWith("dispute_opened");
        assertThat(money.workItems(order)).containsExactly("dispute");
        var refund = money.refund(order, 100);
        assertThat(refund.status()).isEqualTo(409);
        assertThat(refund.at("/code")).isEqualTo("not_refundable");
        assertThat(money.staff().get("/disputes?status=open&limit=200").text()).contains(dispute);
        assertThat(money.staff().get("/disputes?status=maybe").status()).isEqualTo(422);
        close(dispute, "lost");
        await().atMost(Duration.ofSeconds(30)).until(() -> money.history(order).contains("dispute_lost"));
        assertThat(money.books(order)).containsExactly("dispute_losses 510", "revenue -510");
        assertThat(money.workItems(order)).isEmpty();
        assertThat(money.refund(order, 100).status()).isEqualTo(409);
    }

    @Test
    void givesTheMoneyBackWhenItIsWon() {
        var order = money.paid();
        close(open(order), "won");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510"));
        await().atMost(Duration.ofSeconds(30)).until(() -> money.history(order).contains("dispute_won"));
        assertThat(money.refund(order, 510).status()).isEqualTo(201);
    }

    @Test
    void messagesMayComeTwiceAndInAnyOrder() {
        for (var news : List.of(
                List.of(withdrawn(), opened(), lost(), withdrawn()),
                List.of(lost(), withdrawn(), opened()),
                List.of(opened(), lost(), lost()))) {
            var order = money.paid();
            hear(order, news);
            assertThat(money.books(order)).as(news.toString()).containsExactly("dispute_losses 510", "revenue -510");
            assertThat(money.history(order)).containsOnlyOnce("dispute_opened", "dispute_lost");
        }
        for (var news : List.of(
                List.of(opened(), withdrawn(), won(), reinstated()),
                List.of(withdrawn(), reinstated(), won(), withdrawn()),
                List.of(won(), withdrawn(), reinstated(), opened()),
                List.of(reinstated(), withdrawn(), opened()))) {
            var order = money.paid();
            hear(order, news);
            assertThat(money.books(order)).as(news.toString()).containsExactly("gateway_clearing 510", "revenue -510");
            assertThat(money.history(order)).containsOnlyOnce("dispute_opened", "dispute_won");
        }
    }

    @Test
    void ofWhatARefundUnderWayHasLeftTakesThatOnly() {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"refund\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 1000}");
        assertThat(money.refund(order, 200).status()).isEqualTo(202);
        open(order);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> money.history(order).contains("dispute_opened")
                        && money.books(order).contains("disputed 310"));
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 200");
        assertThat(money.books(order)).containsExactly("disputed 310", "gateway_clearing 200", "revenue -510");
        TestGateway.clearFaults();
        money.letPass(order, "1 minute");
        money.eventually(order, "partially_refunded");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 200 0");
        assertThat(money.books(order)).containsExactly("disputed 310", "refunds 200", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 510", "refunded 200", "disputed 310");
    }

    @Test
    void keepsARefundThatHadNotBeenCarriedOutFromGivingTheSameBack() {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"refund\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 1000}");
        assertThat(money.refund(order, 200).status()).isEqualTo(202);
        open(order);
        await().atMost(Duration.ofSeconds(30)).until(() -> money.books(order).contains("disputed 510"));
        TestGateway.clearFaults();
        money.letPass(order, "1 minute");
        await().atMost(Duration.ofSeconds(30)).until(() -> money.history(order).contains("refund_failed"));
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("disputed 510", "revenue -510");
        assertThat(money.workItems(order)).contains("dispute", "refund_failed");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "disputed 510");
    }

    private void hear(Api.Answer order, List<DisputeNews> news) {
        var payment = payments.ofOrder(Long.parseLong(order.at("/id"))).getFirst();
        for (var each : news)
            outcomes.disputed(
                    payment,
                    new DisputeNews(
                            "dp_" + payment.id(), each.amount(), each.status(), each.withdrawn(), each.reason()),
                    "gateway:stripe");
    }

    private static DisputeNews opened() {
        return news(Status.OPEN, false);
    }

    private static DisputeNews withdrawn() {
        return news(Status.OPEN, true);
    }

    private static DisputeNews lost() {
        return news(Status.LOST, true);
    }

    private static DisputeNews won() {
        return news(Status.WON, true);
    }

    private static DisputeNews reinstated() {
        return news(Status.WON, false);
    }

    private static DisputeNews news(Status status, boolean withdrawn) {
        return new DisputeNews("dp", Money.of(510, "GBP"), status, withdrawn, "fraudulent");
    }

    private static String open(Api.Answer order) {
        return TestGateway.control(
                        "/_disputes", "{\"payment_intent\": \"" + TestGateway.paymentIntentOf(order.at("/id")) + "\"}")
                .get("id")
                .asString();
    }

    private static void close(String dispute, String outcome) {
        TestGateway.control("/_disputes/" + dispute, "{\"outcome\": \"" + outcome + "\"}");
    }

    private void eventually(Api.Answer order, String entry) {
        var account = entry.substring(0, entry.indexOf(' '));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> money.books(order).stream().noneMatch(each -> each.startsWith(account)));
    }
}
