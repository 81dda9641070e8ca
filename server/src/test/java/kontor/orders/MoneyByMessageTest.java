package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import kontor.KontorTest;
import kontor.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Captures, refunds and voids at a gateway that takes them on and tells by message what came of them. */
@KontorTest
class MoneyByMessageTest {
    @Autowired
    private MoneyTester money;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void areTakenOnAndBookedWhenTheMessageComes() {
        var order = money.heldAtAdyen();
        assertThat(order.at("/payment_status")).as(order.text()).isEqualTo("authorized");
        var captured = money.capture(order, Map.of("amount", gbp(200)));
        assertThat(captured.status()).as(captured.text()).isIn(200, 202);
        eventually(() -> money.payments(order).equals(List.of("card authorized 200 0 0 0")));
        money.capture(order, Map.of("amount", gbp(310)));
        money.eventually(order, "paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        var refund = money.refund(order, 110);
        assertThat(refund.status()).as(refund.text()).isIn(201, 202);
        money.eventually(order, "partially_refunded");
        assertThat(money.payments(order)).containsExactly("card captured 510 0 110 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 400", "refunds 110", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("authorized 510", "captured 200", "captured 310", "refunded 110");
    }

    @Test
    void aVoidEndsTheOrderWhenTheMessageComes() {
        var order = money.heldAtAdyen();
        assertThat(money.cancel(order).status()).isIn(200, 409);
        eventually(() -> money.read(order).at("/status").equals("cancelled"));
        assertThat(money.paymentStatus(order)).isEqualTo("voided");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void anAnswerThatGetsLostIsAskedForUnderTheSameKeyAndBookedOnce() {
        var order = money.heldAtAdyen();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"capture\"}");
        assertThat(money.capture(order, "{}").status()).isIn(200, 202);
        money.letPass(order, "1 minute");
        money.eventually(order, "paid");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30)).until(condition);
    }
}
