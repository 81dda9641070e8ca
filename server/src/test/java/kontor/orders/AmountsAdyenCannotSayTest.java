package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Adyen counts rupiah without fractions: a part of a payment that has some can be neither captured nor refunded there. */
@KontorTest
class AmountsAdyenCannotSayTest {
    @Autowired
    private MoneyTester money;

    @Autowired
    private TestShop shop;

    @Test
    void aCaptureWithFractionsFailsAtOnceAndTheHoldStays() {
        var order = order("later");
        assertThat(order.at("/payment_status")).as(order.text()).isEqualTo("authorized");
        money.capture(order, Map.of("amount", rupiah(150)));
        assertThat(money.operations(order)).contains("capture failed amount_not_payable");
        assertThat(money.payments(order)).containsExactly("card authorized 0 0 0 0");
        assertThat(money.books(order)).isEmpty();
        money.capture(order, Map.of("amount", rupiah(15_000)));
        money.eventually(order, "paid");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 150", "captured 150");
    }

    @Test
    void aRefundWithFractionsFailsAtOnceAndStaffAreTold() {
        var order = order("at_once");
        assertThat(order.at("/payment_status")).as(order.text()).isEqualTo("paid");
        money.refund(order, Map.of("amount", rupiah(150), "reason", "other"));
        assertThat(money.operations(order)).contains("refund failed amount_not_payable");
        assertThat(money.payments(order)).containsExactly("card captured 15000 0 0 0");
        assertThat(money.books(order)).containsExactly("gateway_clearing 15000", "revenue -15000");
        assertThat(money.workItems(order)).containsExactly("refund_failed");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 150");
    }

    private static Map<String, Object> rupiah(long amount) {
        return Map.of("amount", amount, "currency", "IDR");
    }

    private Api.Answer order(String capture) {
        var mug = shop.article(255, 10);
        shop.alsoSell(mug, 15_000, "IDR");
        return money.staff().post("/orders", """
                        {"currency": "IDR", "lines": [{"sku": "%s", "quantity": 1}],
                         "payment": {"method": "card", "gateway": "adyen", "token": "test_card", "capture": "%s",
                                     "return_url": "https://shop.example/back"}}
                        """.formatted(mug, capture), "Idempotency-Key", MoneyTester.key());
    }
}
