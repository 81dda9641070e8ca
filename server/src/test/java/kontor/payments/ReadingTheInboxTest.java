package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
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

/** What staff see of the messages of gateways, and how they have one acted on again. */
@KontorTest
class ReadingTheInboxTest {
    private static final String EVENTS = "/gateways/events";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private MeterRegistry metrics;

    private final String id = "evt_" + UUID.randomUUID().toString().replace("-", "");
    private final String type = "test." + id;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void messagesAreListedNewestFirstPageByPage() {
        for (var n = 0; n < 5; n++) assertThat(send(event(id + n, type, 0))).isEqualTo(200);
        var clerk = api.as(users.with("payments:read"));
        var first = clerk.get(EVENTS + "?limit=2&type=" + type);
        assertThat(idsOf(first)).containsExactly(id + 4, id + 3);
        var second = clerk.get(EVENTS + "?limit=2&type=" + type + "&cursor=" + first.at("/next_cursor"));
        assertThat(idsOf(second)).containsExactly(id + 2, id + 1);
        var last = clerk.get(EVENTS + "?limit=2&type=" + type + "&cursor=" + second.at("/next_cursor"));
        assertThat(idsOf(last)).containsExactly(id + 0);
        assertThat(last.at("/next_cursor")).isEmpty();
        assertThat(last.json().at("/items/0").has("body")).isFalse();
    }

    @Test
    void theyAreFoundByGatewayStateAndType() {
        send(event(id, type, 0));
        send(succeeded(id + "s", "none of ours"));
        var clerk = api.as(users.with("payments:read"));
        assertThat(idsOf(clerk.get(EVENTS + "?gateway=stripe&state=ignored&type=" + type)))
                .containsExactly(id);
        assertThat(idsOf(clerk.get(EVENTS + "?state=quarantined")))
                .contains(id + "s")
                .doesNotContain(id);
        assertThat(idsOf(clerk.get(EVENTS + "?gateway=silent&type=" + type))).isEmpty();
        assertThat(idsOf(clerk.get(EVENTS + "?state=received&type=" + type))).isEmpty();
        assertThat(clerk.get(EVENTS + "?state=lost").status()).isEqualTo(422);
        assertThat(clerk.get(EVENTS + "?cursor=.").status()).isEqualTo(422);
        assertThat(clerk.get(EVENTS + "?type=a%00b").status()).isEqualTo(422);
    }

    @Test
    void oneIsShownAsItCame() {
        var body = event(id, type, 0);
        send(body);
        var shown = api.as(users.with("payments:read")).get(EVENTS + "/stripe/" + id);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.at("/body")).isEqualTo(body);
        assertThat(shown.at("/event/state")).isEqualTo("ignored");
        assertThat(shown.at("/event/event_id")).isEqualTo(id);
    }

    @Test
    void readingAndReplayingNeedPermissionsOfTheirOwn() {
        send(event(id, type, 0));
        var replay = EVENTS + "/stripe/" + id + "/replay";
        assertThat(api.get(EVENTS).status()).isEqualTo(401);
        assertThat(api.get(EVENTS + "/stripe/" + id).status()).isEqualTo(401);
        assertThat(api.post(replay, null).status()).isEqualTo(401);
        var buyer = api.as(users.customer());
        assertThat(buyer.get(EVENTS).status()).isEqualTo(403);
        assertThat(buyer.get(EVENTS + "/stripe/" + id).status()).isEqualTo(403);
        var clerk = api.as(users.with("payments:read"));
        assertThat(clerk.post(replay, null).status()).isEqualTo(403);
        assertThat(clerk.get(EVENTS + "/stripe/evt_of_nobody").status()).isEqualTo(404);
        assertThat(api.as(users.with("payments:review"))
                        .post(EVENTS + "/stripe/evt_of_nobody/replay", null)
                        .status())
                .isEqualTo(404);
        assertThat(clerk.get(EVENTS + "/stripe/" + id).at("/event/replays")).isEqualTo("0");
    }

    @Test
    void aReplayedMessageIsActedOnAndTwiceIsOnce() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"count\": 20}");
        var buyer = users.customer();
        var order = pay(buyer);
        TestGateway.press(order.at("/payments/0/action"), "complete");
        keepUnseen(succeeded(id, order.at("/payments/0/id")));
        assertThat(read(buyer, order).at("/status")).isEqualTo("pending_payment");

        var reviewer = users.with("payments:review", "payments:read");
        var replay = EVENTS + "/stripe/" + id + "/replay";
        var key = UUID.randomUUID().toString();
        var answer = api.as(reviewer).post(replay, null, "Idempotency-Key", key);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.at("/state")).isEqualTo("processed");
        assertThat(answer.at("/replays")).isEqualTo("1");
        assertThat(answer.at("/replayed_by")).isEqualTo("user:" + reviewer.id());
        assertThat(answer.at("/replayed_at")).isNotEmpty();
        assertThat(read(buyer, order).at("/status")).isEqualTo("confirmed");

        var again = api.as(reviewer).post(replay, null, "Idempotency-Key", key);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.at("/replays")).isEqualTo("1");
        assertThat(api.as(reviewer).post(replay, null).at("/replays")).isEqualTo("2");
        assertThat(stepsOf(order)).containsExactly("placed", "payment_captured");
        assertThat(TestGateway.effectsOn(order.at("/id"))).hasSize(1);
    }

    @Test
    void oneOfAGatewayThatIsNoMoreIsNotReplayed() {
        database.sql("""
                        INSERT INTO payments.inbound_events (gateway, event_id, type, body, state)
                        VALUES ('bygone', ?, 'x', '', 'quarantined')
                        """).param(id).update();
        var answer = api.as(users.with("payments:review")).post(EVENTS + "/bygone/" + id + "/replay", null);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("gateway_not_configured");
        assertThat(column("state")).isEqualTo("quarantined");
        assertThat(column("replays")).isEqualTo("0");
    }

    @Test
    void anotherMessageUnderTheSameIdIsNoticedAndTheFirstOneCounts() {
        var first = succeeded(id, "none of ours");
        send(first);
        send(first);
        send(first.replace("\"created\"", "  \"created\"")); // the same, written differently
        assertThat(column("conflicts")).isEqualTo("0");
        assertThat(counted("payment_intent.succeeded", "repeated")).isGreaterThanOrEqualTo(2);
        var before = counted("payment_intent.succeeded", "conflicting");
        assertThat(send(first.replace("510", "511"))).isEqualTo(200);
        assertThat(column("conflicts")).isEqualTo("1");
        assertThat(column("convert_from(body, 'UTF8')")).isEqualTo(first);
        assertThat(column("state")).isEqualTo("quarantined");
        assertThat(counted("payment_intent.succeeded", "conflicting")).isEqualTo(before + 1);
    }

    @Test
    void aConflictIsNotedWhereNothingElseIs() {
        var order = pay(users.customer());
        var first = succeeded(id, order.at("/payments/0/id")).replace("\"succeeded\"", "\"canceled\"");
        send(first);
        await().until(() -> "processed".equals(column("state")));
        send(first.replace("\"canceled\"", "\"succeeded\""));
        assertThat(column("note")).isEqualTo("another message came under the same id");
    }

    @Test
    void unknownTypesAreKeptAndCounted() {
        var before = counted("charge.dispute.prevented", "ignored");
        send(event(id, "charge.dispute.prevented", 0));
        assertThat(column("state")).isEqualTo("ignored");
        assertThat(counted("charge.dispute.prevented", "ignored")).isEqualTo(before + 1);
    }

    @Test
    void aCardNumberInAMessageIsKeptMasked() {
        var body = event(id, type, 0).replace("\"object\": {}", "\"object\": {\"note\": \"4242 4242 4242 4242\"}");
        assertThat(send(body)).isEqualTo(200);
        assertThat(column("convert_from(body, 'UTF8')"))
                .isEqualTo(body.replace("4242 4242 4242 4242", "**** **** **** 4242"));
        assertThat(send(body)).isEqualTo(200); // comes again as it came, and is the same
        assertThat(column("conflicts")).isEqualTo("0");
    }

    @Test
    void oneThatIsTooLongIsRefusedAndNotKept() {
        assertThat(send(event(id, type, 1 << 20))).isEqualTo(413);
        assertThat(database.sql("SELECT count(*) FROM payments.inbound_events WHERE event_id = ?")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private int send(String body) {
        return api.post("/gateways/stripe/webhook", body, "Stripe-Signature", TestGateway.signatureOf(body))
                .status();
    }

    private static String event(String event, String type, int padding) {
        return """
                {"id": "%s", "object": "event", "type": "%s", "created": 1764000000,
                 "data": {"object": {}}, "padding": "%s"}
                """.formatted(event, type, "x".repeat(padding));
    }

    private static String succeeded(String event, String payment) {
        return """
                {"id": "%s", "object": "event", "type": "payment_intent.succeeded", "created": 1764000000,
                 "data": {"object": {"id": "pi_of_%s", "object": "payment_intent", "status": "succeeded", "amount": 510,
                   "amount_received": 510, "currency": "gbp", "metadata": {"kontor_payment": "%s"}}}}
                """.formatted(event, event, payment);
    }

    /** As if an earlier version had not known what to make of it. */
    private void keepUnseen(String body) {
        database.sql("""
                        INSERT INTO payments.inbound_events (gateway, event_id, type, body, state, processed_at)
                        VALUES ('stripe', ?, 'payment_intent.succeeded', ?, 'ignored', now())
                        """).params(id, body.getBytes(StandardCharsets.UTF_8)).update();
    }

    private static List<String> idsOf(Api.Answer page) {
        assertThat(page.status()).as(page.text()).isEqualTo(200);
        return page.json()
                .at("/items")
                .valueStream()
                .map(event -> event.at("/event_id").asString())
                .toList();
    }

    private String column(String name) {
        return database.sql("SELECT (" + name + ")::text FROM payments.inbound_events WHERE event_id = ?")
                .param(id)
                .query((row, number) -> String.valueOf(row.getString(1)))
                .single();
    }

    private double counted(String ofType, String state) {
        var counter = metrics.find("kontor.inbox.events")
                .tags("gateway", "stripe", "type", ofType, "state", state)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private List<String> stepsOf(Api.Answer order) {
        return database.sql("SELECT event FROM orders.history WHERE order_id = ? ORDER BY version")
                .param(Long.parseLong(order.at("/id")))
                .query(String.class)
                .list();
    }

    private Api.Answer read(TestUsers.TestUser buyer, Api.Answer order) {
        return api.as(buyer).get("/orders/" + order.at("/id"));
    }

    private Api.Answer pay(TestUsers.TestUser buyer) {
        var answer = api.as(buyer)
                .post(
                        "/orders",
                        Map.of(
                                "currency", "GBP",
                                "lines", List.of(Map.of("sku", shop.article(255, 10), "quantity", 2)),
                                "payment",
                                        Map.of(
                                                "method", "card",
                                                "gateway", "stripe",
                                                "token", "pm_card_threeDSecure2Required",
                                                "return_url", "https://shop.example/back")),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer;
    }
}
