package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Captures and refunds that fail at Adyen by messages which carry the name of the authorization only, or come late. */
@KontorTest
class FailuresByMessageTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private AdyenMessages adyen;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void endTheOneOperationThatHasTheirAmount() {
        var order = capturing(200);
        assertThat(fails(order, "CAPTURE_FAILED", 200)).isEqualTo("processed");
        assertThat(money.payments(order)).containsExactly("card authorized 0 0 0 0");
        assertThat(money.history(order)).endsWith("capture_failed");
        assertThat(money.books(order)).isEmpty();
    }

    @Test
    void ofAnotherAmountChangeNothingAndStaffAreTold() {
        var order = capturing(200);
        assertThat(fails(order, "CAPTURE_FAILED", 201)).isEqualTo("quarantined");
        assertThat(money.payments(order)).containsExactly("card authorized 0 200 0 0");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
    }

    @Test
    void ofAnotherCurrencyChangeNothingAndStaffAreTold() {
        var order = capturing(200);
        assertThat(adyen.tell(order, "CAPTURE_FAILED", adyen.nameOf(order, "authorize"), true, 200, "EUR"))
                .isEqualTo("quarantined");
        assertThat(money.payments(order)).containsExactly("card authorized 0 200 0 0");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
    }

    @Test
    void ofAnotherAmountThanTheOperationThatTheyNameChangeNothing() {
        var order = capturing(200);
        assertThat(adyen.tell(order, "CAPTURE_FAILED", adyen.nameOf(order, "capture"), true, 201))
                .isEqualTo("quarantined");
        assertThat(money.payments(order)).containsExactly("card authorized 0 200 0 0");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
    }

    @Test
    void thatFitTwoOperationsChangeNeitherAndStaffAreTold() {
        var order = money.paidAtAdyen();
        money.refund(order, 100);
        money.eventually(order, "partially_refunded");
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"REFUND\"}");
        money.refund(order, 100);
        assertThat(fails(order, "REFUND_FAILED", 100)).isEqualTo("quarantined");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 100 100");
        assertThat(money.workItems(order)).containsExactly("refund_failed");
        assertThat(adyen.tell(order, "REFUND_FAILED", adyen.nameOf(order, "refund"), true, 100))
                .as("by its own name")
                .isEqualTo("processed");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 100 0");
    }

    @Test
    void afterACaptureHadSucceededAreToldToStaff() {
        var order = money.heldAtAdyen();
        money.capture(order, "{}");
        money.eventually(order, "paid");
        assertThat(fails(order, "CAPTURE_FAILED", 510)).isEqualTo("quarantined");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void afterTheMoneyWasTakenAtOnceAreToldToStaff() {
        var order = money.paidAtAdyen();
        assertThat(adyen.tell(order, "CAPTURE", adyen.nameOf(order, "authorize"), true, 510))
                .as("that it was captured is known")
                .isEqualTo("processed");
        assertThat(money.workItems(order)).isEmpty();
        assertThat(fails(order, "CAPTURE_FAILED", 510)).isEqualTo("quarantined");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    /** By the name of the authorization. */
    private String fails(Api.Answer order, String code, long amount) {
        return adyen.tell(order, code, adyen.nameOf(order, "authorize"), true, amount);
    }

    /** Of which a capture was taken on, and nothing has been heard since. */
    private Api.Answer capturing(long amount) {
        var order = money.heldAtAdyen();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"CAPTURE\"}");
        money.capture(order, Map.of("amount", gbp(amount)));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> money.payments(order).equals(List.of("card authorized 0 " + amount + " 0 0")));
        return order;
    }
}
