package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One that is asked and stays silent costs those who wait for it, and nobody else. */
@KontorTest
class WhenAGatewayHangsTest {
    private static final int MORE_THAN_ARE_ASKED_AT_ONCE = 20;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private SilentGateway silent;

    private TestUsers.TestUser buyer;
    private String mug;

    @BeforeEach
    void aSilentGateway() {
        buyer = users.customer();
        mug = shop.article(255, 100);
        silent.hang();
    }

    @AfterEach
    void answersAtLast() {
        TestGateway.clearFaults();
        silent.answerAll();
        await().atMost(Duration.ofSeconds(20)).until(() -> shop.available(mug) >= 99); // one is sold to another card
    }

    @Test
    void paymentsOfAnotherGatewayAreStillAskedAbout() {
        var hanging = pay("silent", "tok_1");
        dueNow(hanging);
        for (var i = 2; i <= MORE_THAN_ARE_ASKED_AT_ONCE; i++) dueNow(pay("silent", "tok_" + i));
        await().until(() -> silent.hanging() == 16);
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"create\"}");
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var other = pay("stripe", "pm_card_visa");
        assertThat(other.at("/status")).isEqualTo("pending_payment");
        dueNow(other);
        await().until(() -> "confirmed".equals(read(other).at("/status")));
        assertThat(silent.hanging()).isEqualTo(16);
        assertThat(read(hanging).at("/status")).isEqualTo("pending_payment");
    }

    @Test
    void expiryAndInboxGoOnWhileRecoveryCanDoNothingMore() {
        var waiting = pay("stripe", "pm_card_threeDSecure2Required");
        for (var i = 0; i < MORE_THAN_ARE_ASKED_AT_ONCE; i++) dueNow(pay("silent", "tok_" + i));
        await().until(() -> silent.hanging() == 16);
        storeMessage("evt_while_it_hangs");
        database.sql("UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = ?")
                .param(Long.parseLong(waiting.at("/id")))
                .update();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> "cancelled".equals(read(waiting).at("/status")));
        await().atMost(Duration.ofSeconds(30)).until(() -> "ignored".equals(stateOfMessage("evt_while_it_hangs")));
        assertThat(silent.hanging()).isEqualTo(16);
    }

    @Test
    void itsMessagesHoldUpNoneOfAnothersHoweverManyTheyAre() {
        for (var i = 0; i < MORE_THAN_ARE_ASKED_AT_ONCE; i++) {
            var payment = pay("silent", "tok_" + i).at("/payments/0/id");
            database.sql("""
                            INSERT INTO payments.inbound_events (gateway, event_id, type, body, order_id, payment_id,
                                next_attempt_at)
                            SELECT gateway, 'evt_silent_' || id, 'paid', id::text::bytea, order_id, id,
                                now() - interval '1 minute'
                            FROM payments.payments WHERE id = ?
                            """).param(Long.parseLong(payment)).update();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> silent.hanging() >= 16);
        storeMessage("evt_behind_many");
        await().atMost(Duration.ofSeconds(30)).until(() -> "ignored".equals(stateOfMessage("evt_behind_many")));
        assertThat(silent.hanging()).isGreaterThanOrEqualTo(16);
        assertThat(database.sql("""
                                SELECT count(*) FROM payments.inbound_events
                                WHERE gateway = 'silent' AND state <> 'received'
                                """).query(Long.class).single()).isZero();
    }

    private Api.Answer pay(String gateway, String token) {
        var answer = api.as(buyer)
                .post(
                        "/orders",
                        """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 1}],
                         "payment": {"method": "card", "gateway": "%s", "token": "%s", "return_url": "https://shop.example/back"}}
                        """.formatted(mug, gateway, token),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer;
    }

    private Api.Answer read(Api.Answer order) {
        return api.as(buyer).get("/orders/" + order.at("/id"));
    }

    private void dueNow(Api.Answer order) {
        database.sql("UPDATE payments.operations SET next_attempt_at = now() WHERE order_id = ?")
                .param(Long.parseLong(order.at("/id")))
                .update();
    }

    /** A message that a crash left behind before it was acted on. */
    private void storeMessage(String id) {
        var body = """
                {"id": "%s", "object": "event", "type": "customer.created", "created": 1, "data": {"object": {}}}
                """.formatted(id);
        database.sql("""
                        INSERT INTO payments.inbound_events (gateway, event_id, type, body, received_at, next_attempt_at)
                        VALUES ('stripe', ?, 'customer.created', ?, now() - interval '1 minute', now() - interval '30 s')
                        """).params(id, body.getBytes(StandardCharsets.UTF_8)).update();
    }

    private String stateOfMessage(String id) {
        return database.sql("SELECT state FROM payments.inbound_events WHERE event_id = ?")
                .param(id)
                .query(String.class)
                .single();
    }
}
