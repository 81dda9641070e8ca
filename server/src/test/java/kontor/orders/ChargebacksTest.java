package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Disputes at Adyen from end to end: the bank acts at the simulator, and its signed messages come to our books. */
@KontorTest
class ChargebacksTest {
    @Autowired
    private MoneyTester money;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void theMoneyGoesComesBackAndGoesForGood() {
        var order = money.paidAtAdyen();
        happens(order, "NOTIFICATION_OF_CHARGEBACK");
        eventually(() -> assertThat(money.history(order)).contains("dispute_opened"));
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        happens(order, "CHARGEBACK");
        eventually(() -> assertThat(money.books(order)).containsExactly("disputed 510", "revenue -510"));
        assertThat(money.refund(order, 100).at("/code")).isEqualTo("not_refundable");
        happens(order, "CHARGEBACK_REVERSED");
        eventually(() -> assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510"));
        assertThat(money.workItems(order)).as("it may go on").containsExactly("dispute");
        happens(order, "SECOND_CHARGEBACK");
        eventually(() -> assertThat(money.books(order)).containsExactly("dispute_losses 510", "revenue -510"));
        assertThat(money.history(order)).endsWith("dispute_lost");
        assertThat(money.workItems(order)).isEmpty();
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 510", "disputed 510", "reinstated 510", "disputed 510");
    }

    @Test
    void messagesThatComeTwiceAndShuffledEndInTheSameBooks() {
        var order = money.paidAtAdyen();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 500, \"operation\": \"NOTIFICATION_OF_CHARGEBACK\"}");
        TestGateway.fault("{\"kind\": \"webhook_duplicate\", \"operation\": \"CHARGEBACK\"}");
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 300, \"operation\": \"CHARGEBACK_REVERSED\"}");
        for (var event :
                List.of("NOTIFICATION_OF_CHARGEBACK", "CHARGEBACK", "CHARGEBACK_REVERSED", "SECOND_CHARGEBACK"))
            happens(order, event);
        eventually(() -> assertThat(money.messages(order))
                .contains(
                        "CHARGEBACK processed",
                        "CHARGEBACK_REVERSED processed",
                        "NOTIFICATION_OF_CHARGEBACK processed",
                        "SECOND_CHARGEBACK processed"));
        assertThat(money.postings(order))
                .containsExactly("capture", "dispute", "dispute_again", "dispute_loss", "dispute_reversal");
        assertThat(money.books(order)).containsExactly("dispute_losses 510", "revenue -510");
        assertThat(money.history(order)).containsOnlyOnce("dispute_opened", "dispute_lost");
    }

    @Test
    void theyAreWonWhenTheIssuingBankSaysNoMore() {
        var order = money.paidAtAdyen();
        for (var event : List.of("CHARGEBACK", "CHARGEBACK_REVERSED", "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"))
            happens(order, event);
        eventually(() -> assertThat(money.history(order)).contains("dispute_won"));
        eventually(() -> assertThat(money.postings(order)).containsExactly("capture", "dispute", "dispute_reversal"));
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(money.workItems(order)).isEmpty();
    }

    private static void happens(Api.Answer order, String event) {
        TestGateway.control(
                "/_chargebacks",
                "{\"payment\": \"" + TestGateway.paymentIntentOf(order.at("/id")) + "\", \"event\": \"" + event
                        + "\"}");
    }

    private static void eventually(Runnable assertion) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion::run);
    }
}
