package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Refunds and captures that somebody made on Adyen's own pages: their messages carry the name of the authorization. */
@KontorTest
class DoneOnAdyensPagesTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private AdyenMessages adyen;

    @Autowired
    private JdbcClient database;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void aRefundOfTheSameAmountAsOursIsNoRepetitionOfIt() {
        var order = money.paidAtAdyen();
        money.refund(order, 100);
        money.eventually(order, "partially_refunded");
        assertThat(told(order, "REFUND", 100, AdyenMessages.anyName())).isEqualTo("quarantined");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 100 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 410", "refunds 100", "revenue -510");
    }

    @Test
    void aRefundBesideOneOfOursThatIsUnderWayDoesNotSettleIt() {
        var order = money.paidAtAdyen();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"REFUND\"}");
        money.refund(order, 100);
        assertThat(told(order, "REFUND", 100, AdyenMessages.anyName())).isEqualTo("quarantined");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 100");
    }

    @Test
    void oursIsKnownByWhatAdyenCallsItAlsoWhenItIsToldAgain() {
        var order = money.paidAtAdyen();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"REFUND\"}");
        money.refund(order, 100);
        var name = database.sql(
                        "SELECT own_reference FROM payments.operations WHERE order_id = ?::bigint AND kind = 'refund'")
                .params(order.at("/id"))
                .query(String.class)
                .single();
        assertThat(told(order, "REFUND", 100, name)).isEqualTo("processed");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 100 0");
        assertThat(adyen.tell(order, "REFUND", adyen.nameOf(order, "refund"), true, 100))
                .as("by its own name")
                .isEqualTo("processed");
        assertThat(money.workItems(order)).isEmpty();
        assertThat(money.books(order)).containsExactly("gateway_clearing 410", "refunds 100", "revenue -510");
    }

    @Test
    void aFurtherCaptureOfTheSameAmountAsOursIsNoRepetitionOfIt() {
        var order = money.heldAtAdyen();
        money.capture(order, Map.of("amount", gbp(200)));
        money.awaitThat(() -> assertThat(money.payments(order)).containsExactly("card authorized 200 0 0 0"));
        assertThat(told(order, "CAPTURE", 200, AdyenMessages.anyName())).isEqualTo("quarantined");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.payments(order)).containsExactly("card authorized 200 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 200", "revenue -200");
    }

    @Test
    void aRefundThatFailedIsNeverOneByBankTransfer() {
        var order = money.paidAtAdyen();
        var refund = money.refund(
                order, Map.of("amount", gbp(100), "reason", "other", "method", "transfer", "reference", "statement 1"));
        assertThat(refund.status()).as(refund.text()).isEqualTo(201);
        assertThat(told(order, "REFUND_FAILED", 100, AdyenMessages.anyName())).isEqualTo("quarantined");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 100 0");
        assertThat(money.postings(order)).containsExactly("capture", "refund");
    }

    private String told(Api.Answer order, String code, long amount, String name) {
        return adyen.tell(order, code, adyen.nameOf(order, "authorize"), true, amount, "GBP", name);
    }
}
