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

/** Holds that end at Adyen without our asking: they expire, or somebody calls them off on Adyen's own pages. */
@KontorTest
class HoldsLetGoAtAdyenTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private AdyenMessages adyen;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void anExpiredHoldIsNotCountedOnAnyMoreAndStaffAreTold() {
        var order = money.heldAtAdyen();
        expires(order);
        becomes(order, "card voided 0 0 0 0");
        assertThat(money.history(order)).endsWith("authorization_gone");
        assertThat(money.workItems(order)).containsExactly("authorization_gone");
        assertThat(money.capture(order, "{}").status()).isEqualTo(409);
        assertThat(money.books(order)).isEmpty();
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void whatWasCapturedBeforeTheRestExpiredStays() {
        var order = money.heldAtAdyen();
        money.capture(order, Map.of("amount", gbp(200)));
        becomes(order, "card authorized 200 0 0 0");
        expires(order);
        becomes(order, "card captured 200 0 0 0");
        assertThat(money.workItems(order)).containsExactly("authorization_gone");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("authorized 510", "captured 200", "voided 310");
    }

    @Test
    void aHoldThatIsCalledOffOnAdyensPagesIsGoneToo() {
        var order = money.heldAtAdyen();
        assertThat(adyen.tell(order, "CANCELLATION", adyen.nameOf(order, "authorize"), true, 510))
                .isEqualTo("processed");
        assertThat(money.payments(order)).containsExactly("card voided 0 0 0 0");
        assertThat(money.workItems(order)).containsExactly("authorization_gone");
        assertThat(adyen.tell(order, "EXPIRE", adyen.nameOf(order, "authorize"), true, 510))
                .as("nothing new")
                .isEqualTo("processed");
        assertThat(money.history(order)).containsOnlyOnce("authorization_gone");
    }

    @Test
    void aCaptureUnderWayIsWaitedFor() {
        var order = money.heldAtAdyen();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"CAPTURE\"}");
        money.capture(order, Map.of("amount", gbp(200)));
        becomes(order, "card authorized 0 200 0 0");
        expires(order);
        await().atMost(Duration.ofSeconds(30)).until(() -> money.messages(order).contains("EXPIRE received"));
        assertThat(money.payments(order)).containsExactly("card authorized 0 200 0 0");
        assertThat(adyen.tell(order, "CAPTURE", adyen.nameOf(order, "capture"), true, 200))
                .isEqualTo("processed");
        becomes(order, "card captured 200 0 0 0");
        assertThat(money.messages(order)).contains("EXPIRE processed");
        assertThat(money.books(order)).containsExactly("gateway_clearing 200", "revenue -200");
    }

    @Test
    void aVoidUnderWayHasComeTrueWithIt() {
        var order = money.heldAtAdyen();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"operation\": \"CANCELLATION\"}");
        money.cancel(order);
        assertThat(adyen.tell(order, "EXPIRE", adyen.nameOf(order, "authorize"), true, 510))
                .isEqualTo("processed");
        assertThat(money.read(order).at("/status")).isEqualTo("cancelled");
        assertThat(money.payments(order)).containsExactly("card voided 0 0 0 0");
    }

    @Test
    void whatHasAnotherAmountChangesNothing() {
        var order = money.heldAtAdyen();
        assertThat(adyen.tell(order, "EXPIRE", adyen.nameOf(order, "authorize"), true, 511))
                .isEqualTo("quarantined");
        assertThat(money.payments(order)).containsExactly("card authorized 0 0 0 0");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
    }

    @Test
    void whatWasCapturedCannotBeCalledOff() {
        var order = money.paidAtAdyen();
        assertThat(adyen.tell(order, "CANCELLATION", adyen.nameOf(order, "authorize"), true, 510))
                .isEqualTo("quarantined");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 0");
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(adyen.tell(order, "EXPIRE", adyen.nameOf(order, "authorize"), true, 510))
                .as("of which nothing is left")
                .isEqualTo("processed");
    }

    private static void expires(Api.Answer order) {
        TestGateway.control("/_expirations", "{\"payment\": \"" + TestGateway.paymentIntentOf(order.at("/id")) + "\"}");
    }

    private void becomes(Api.Answer order, String payment) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.payments(order)).isEqualTo(List.of(payment)));
    }
}
