package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What those who run the server see of its payments. */
@KontorTest
class WatchingPaymentsTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private PaymentsUnderWay underWay;

    @Autowired
    private JdbcClient database;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void thoseThatWaitForTheirBuyersAreCounted() {
        underWay.count();
        var before = value("kontor_payments_under_way{state=\"requires_action\"} ");
        assertThat(pay("pm_card_threeDSecure2Required").status()).isEqualTo(202);
        underWay.count();
        assertThat(value("kontor_payments_under_way{state=\"requires_action\"} "))
                .isEqualTo(before + 1);
    }

    @Test
    void whatGatewaysAnswerIsCountedAndTimed() {
        var captured =
                "kontor_gateway_requests_seconds_count{answer=\"captured\",gateway=\"stripe\",operation=\"authorize\"} ";
        var declined =
                "kontor_gateway_requests_seconds_count{answer=\"declined\",gateway=\"stripe\",operation=\"authorize\"} ";
        var capturedBefore = value(captured);
        var declinedBefore = value(declined);
        assertThat(pay("pm_card_visa").status()).isEqualTo(201);
        assertThat(pay("pm_card_chargeDeclined").status()).isEqualTo(402);
        assertThat(value(captured)).isEqualTo(capturedBefore + 1);
        assertThat(value(declined)).isEqualTo(declinedBefore + 1);
    }

    @Test
    void aMessageThatOvertakesTheAnswerAsksNothingOfItsOwn() {
        TestGateway.fault("{\"kind\": \"hang\", \"ms\": 500, \"when\": \"after\", \"operation\": \"create\"}");
        var lookedUp = lookUps();
        var answer = pay("pm_card_visa");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(messagesAbout(answer)).containsExactly("processed"));
        assertThat(lookUps()).isEqualTo(lookedUp);
    }

    private double lookUps() {
        return value(
                "kontor_gateway_requests_seconds_count{answer=\"captured\",gateway=\"stripe\",operation=\"look_up\"} ");
    }

    /** The states of the messages that have come about the order's payment. */
    private List<String> messagesAbout(Api.Answer order) {
        return database.sql("""
                        SELECT state FROM payments.inbound_events
                        WHERE convert_from(body, 'UTF8') LIKE '%"kontor_payment":%"' || ? || '"%'
                        """)
                .param(order.at("/payments/0/id"))
                .query(String.class)
                .list();
    }

    private Api.Answer pay(String token) {
        return api.as(users.customer())
                .post(
                        "/orders",
                        Map.of(
                                "currency", "GBP",
                                "lines", List.of(Map.of("sku", shop.article(255, 10), "quantity", 1)),
                                "payment",
                                        Map.of(
                                                "method", "card",
                                                "gateway", "stripe",
                                                "token", token,
                                                "return_url", "https://shop.example/back")),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
    }

    private double value(String metric) {
        return api.onManagementPort()
                .get("/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
                .sum();
    }
}
