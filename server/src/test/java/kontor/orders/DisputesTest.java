package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class DisputesTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private PaymentOutcomes outcomes;

    @Autowired
    private Payments payments;

    @Autowired
    private JdbcClient database;

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

    @Test
    void whatIsTakenAgainAfterItWasGivenBackIsBookedOnceInWhateverOrderItIsTold() {
        for (var told :
                orders(List.of(counted(Status.OPEN, 0), counted(Status.OPEN, 1), counted(Status.OPEN, 2), again()))) {
            var order = money.paid();
            hear(order, told);
            hear(order, told.reversed());
            assertThat(money.postings(order))
                    .as(told.toString())
                    .containsExactly("capture", "dispute", "dispute_again", "dispute_loss", "dispute_reversal");
            assertThat(money.books(order)).as(told.toString()).containsExactly("dispute_losses 510", "revenue -510");
            assertThat(disputes(order)).containsExactly("lost true 3");
            assertThat(money.history(order)).containsOnlyOnce("dispute_opened", "dispute_lost");
            assertThat(money.workItems(order)).isEmpty();
        }
    }

    @Test
    void whatIsGivenBackStaysOpenUntilItIsWon() {
        var order = money.paid();
        hear(order, List.of(counted(Status.OPEN, 1), counted(Status.OPEN, 2)));
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(disputes(order)).containsExactly("open false 2");
        assertThat(money.workItems(order)).containsExactly("dispute");
        hear(order, List.of(counted(Status.WON, 0)));
        assertThat(disputes(order)).containsExactly("won false 2");
        assertThat(money.workItems(order)).isEmpty();
        hear(order, List.of(counted(Status.OPEN, 1), counted(Status.OPEN, 0)));
        assertThat(money.postings(order)).containsExactly("capture", "dispute", "dispute_reversal");
    }

    @Test
    void whatIsWonBeforeItsMovementsAreHeardOfIsOursAllTheSame() {
        for (var told : orders(List.of(counted(Status.WON, 0), counted(Status.OPEN, 1), counted(Status.OPEN, 2)))) {
            var order = money.paid();
            hear(order, told);
            assertThat(money.postings(order))
                    .as(told.toString())
                    .containsExactly("capture", "dispute", "dispute_reversal");
            assertThat(disputes(order)).containsExactly("won false 2");
        }
    }

    @Test
    void whatIsTakenAgainAfterItWasWonIsLost() {
        var order = money.paid();
        hear(order, List.of(counted(Status.OPEN, 1), counted(Status.OPEN, 2), counted(Status.WON, 0), again()));
        assertThat(money.books(order)).containsExactly("dispute_losses 510", "revenue -510");
        assertThat(disputes(order)).containsExactly("lost true 3");
    }

    @Test
    void anEndThatContradictsTheOneOnRecordBooksNothingAndStaffAreTold() {
        var order = money.paid();
        hear(order, List.of(counted(Status.OPEN, 1), counted(Status.OPEN, 2), again(), counted(Status.WON, 0)));
        assertThat(money.books(order)).containsExactly("dispute_losses 510", "revenue -510");
        assertThat(disputes(order)).containsExactly("lost true 3");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
    }

    @Test
    void oneThatIsToldWithAnotherAmountMovesNothingAndStaffAreTold() {
        var order = money.paid();
        hear(order, List.of(about(50, "GBP", 0), about(60, "GBP", 1)));
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(disputes(order)).containsExactly("open false 0");
        assertThat(money.workItems(order)).containsExactly("dispute", "unexpected_state");
        hear(order, List.of(about(50, "GBP", 1)));
        assertThat(money.books(order))
                .as("the amount that is known still counts")
                .containsExactly("disputed 50", "gateway_clearing 460", "revenue -510");
        assertThat(disputes(order)).containsExactly("open true 1");
    }

    @Test
    void oneInAnotherCurrencyThanThePaymentsMovesNothingAndStaffAreTold() {
        var order = money.paid();
        hear(order, List.of(about(510, "EUR", 1)));
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(disputes(order)).isEmpty();
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.refund(order, 510).status()).as("nothing is disputed").isEqualTo(201);
    }

    private static DisputeNews about(long amount, String currency, int movements) {
        return new DisputeNews(
                "dp", Money.of(amount, currency), Status.OPEN, movements % 2 == 1, "fraudulent", movements);
    }

    private static DisputeNews again() {
        return counted(Status.LOST, 3);
    }

    /** Of a gateway that counts how often the amount has moved. */
    private static DisputeNews counted(Status status, int movements) {
        return new DisputeNews("dp", Money.of(510, "GBP"), status, movements % 2 == 1, "fraudulent", movements);
    }

    private static List<List<DisputeNews>> orders(List<DisputeNews> news) {
        if (news.isEmpty()) return List.of(List.of());
        return IntStream.range(0, news.size())
                .boxed()
                .flatMap(first -> {
                    var others = new ArrayList<>(news);
                    var head = others.remove((int) first);
                    return orders(others).stream().map(tail -> {
                        var one = new ArrayList<>(List.of(head));
                        one.addAll(tail);
                        return List.copyOf(one);
                    });
                })
                .toList();
    }

    private List<String> disputes(Api.Answer order) {
        return database.sql("""
                        SELECT concat_ws(' ', status, CASE WHEN withdrawn THEN 'true' ELSE 'false' END, movements)
                        FROM payments.disputes WHERE order_id = ?::bigint
                        """).params(order.at("/id")).query(String.class).list();
    }

    private void hear(Api.Answer order, List<DisputeNews> news) {
        var payment = payments.ofOrder(Long.parseLong(order.at("/id"))).getFirst();
        for (var each : news)
            outcomes.disputed(
                    payment,
                    new DisputeNews(
                            "dp_" + payment.id(),
                            each.amount(),
                            each.status(),
                            each.withdrawn(),
                            each.reason(),
                            each.movements()),
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
