package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.payments.GatewayBooks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Buyers have confirmed payments at Adyen, and the messages about that went to a server that was lost. */
@KontorTest
class WaitingAtAdyenTest {
    private static final String THREE_D_SECURE = """
            {"method": "card", "gateway": "adyen", "token": "test_card_3ds", "return_url": "https://shop.example/back"}""";
    private static final String NO_MESSAGES = "{\"kind\": \"webhook_late\", \"ms\": 600000, \"count\": 10}";

    @Autowired
    private MoneyTester money;

    @Autowired
    private AdyenMessages adyen;

    @Autowired
    private GatewayBooks gateways;

    @Autowired
    private Cancelling cancelling;

    @Autowired
    private Paying paying;

    @Autowired
    private JdbcClient database;

    @BeforeEach
    void noMessages() {
        TestGateway.fault(NO_MESSAGES);
    }

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void areNotCalledOffWhileStaffFindOut() {
        var order = confirmedUnheard();
        gateways.tellStaffOfWaiting();
        gateways.tellStaffOfWaiting();
        expire(order);
        assertThat(money.read(order).at("/status")).isEqualTo("pending_payment");
        assertThat(money.operations(order)).hasSize(1);
        assertThat(money.workItems(order)).containsExactly("unexpected_state");
        assertThat(adyen.tell(order, "AUTHORISATION", adyen.nameOf(order, "authorize"), true, 510))
                .as("sent again")
                .isEqualTo("processed");
        assertThat(money.read(order).at("/status")).isEqualTo("confirmed");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void areNotGivenUpBesideAnInvoiceEither() {
        var order = money.onInvoice();
        money.pay(order, THREE_D_SECURE);
        gateways.tellStaffOfWaiting();
        database.sql("UPDATE payments.payments SET updated_at = now() - interval '1 day' WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .update();
        paying.endForgotten();
        assertThat(voids(order)).isEmpty();
        close(order);
        paying.endForgotten();
        money.awaitThat(() -> assertThat(voids(order)).isNotEmpty());
    }

    @Test
    void aVoidThatAdyenRefusesIsToldToStaffAndTriedAgainALittleLater() {
        var order = confirmedUnheard();
        TestGateway.clearFaults();
        expire(order);
        money.awaitThat(() -> assertThat(money.workItems(order)).containsExactly("unexpected_state"));
        assertThat(money.read(order).at("/status")).isEqualTo("pending_payment");
        cancelling.cancelExpired();
        assertThat(voids(order)).hasSize(1).allMatch(each -> each.startsWith("void failed"));
        money.letPass(order, "6 minutes");
        cancelling.cancelExpired();
        money.awaitThat(() -> assertThat(voids(order)).hasSize(2).allMatch(each -> each.startsWith("void failed")));
        assertThat(money.workItems(order)).as("one for all tries").containsExactly("unexpected_state");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
        assertThat(money.books(order)).isEmpty();
    }

    private Api.Answer confirmedUnheard() {
        var order = money.order(THREE_D_SECURE);
        assertThat(order.status()).as(order.text()).isEqualTo(202);
        TestGateway.press(order.at("/payments/0/action"), "complete");
        return order;
    }

    private void expire(Api.Answer order) {
        database.sql("UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .update();
        cancelling.cancelExpired();
    }

    private List<String> voids(Api.Answer order) {
        return money.operations(order).stream()
                .filter(each -> each.startsWith("void"))
                .toList();
    }

    private void close(Api.Answer order) {
        var items = money.staff().get("/work-items?kind=unexpected_state&order_id=" + order.at("/id"));
        var closed = money.staff()
                .post(
                        "/work-items/" + items.at("/items/0/id") + "/resolve",
                        Map.of("resolution", "nobody has paid there"));
        assertThat(closed.status()).as(closed.text()).isEqualTo(200);
    }
}
