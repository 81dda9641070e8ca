package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.batching.Lanes;
import kontor.orders.TestShop;
import kontor.payments.InboundEventStore.Arrival;
import kontor.payments.InboundEventStore.Standing;
import kontor.web.RateLimits;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;

/** What becomes of the messages that a gateway sends on its own. */
@KontorTest
class ReceivingMessagesTest {
    private static final int MORE_THAN_A_GUEST_MAY = 1_000;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private Payments payments;

    @Autowired
    private GatewayQuestions questions;

    @Autowired
    private InboundEventStore events;

    @Autowired
    private InboundEventArchive archive;

    @Autowired
    private InboxCounts counts;

    @Autowired
    private ActingOnEvents acting;

    @Autowired
    private ToldOutcomes told;

    @Autowired
    private RateLimits limits;

    @Autowired
    private Clock clock;

    private final String id = "evt_" + UUID.randomUUID().toString().replace("-", "");

    @Test
    void aMessageThatComesManyTimesIsKeptOnce() throws Exception {
        var statuses = inParallel(50, n -> send(succeeded(id, "pi_of_somebody_else", "none of ours")));
        assertThat(statuses).containsOnly(200);
        assertThat(kept(id)).containsExactly("quarantined");
    }

    @Test
    void manyMessagesAtOnceAreEachPutWhereTheyBelong() throws Exception {
        var paid = pay();
        var payment = paid.at("/payments/0/id");
        var reference = database.sql("SELECT gateway_reference FROM payments.payments WHERE id = ?")
                .param(Long.parseLong(payment))
                .query(String.class)
                .single();
        var statuses = inParallel(90, n -> switch (n % 3) {
            case 0 -> send(succeeded(id + n, reference, payment));
            case 1 -> send(succeeded(id + n, "pi_of_somebody_else", "none of ours"));
            default -> send(unknown(id + n));
        });
        assertThat(statuses).containsOnly(200);
        for (var n = 0; n < 90; n++)
            assertThat(kept(id + n))
                    .containsExactly(
                            List.of("processed", "quarantined", "ignored").get(n % 3));
        assertThat(aboutPayment(id + "0")).isEqualTo(payment);
        assertThat(api.as(users.admin()).get("/orders/" + paid.at("/id")).at("/status"))
                .isEqualTo("confirmed");
    }

    @Test
    void aGatewayMaySendMoreAtOnceThanAGuestMayAsk() throws Exception {
        var statuses = inParallel(MORE_THAN_A_GUEST_MAY, n -> send(unknown(id + "-" + n)));
        assertThat(statuses).containsOnly(200);
    }

    @Test
    void aGatewayThatFindsTheInboxFullIsAskedToComeAgain() throws Exception {
        var full = new Lanes<Arrival, Standing>("full", 1, 1, 1, events, size -> {});
        full.close(); // takes nothing any more, as when all its places are taken
        var inbox = new InboundEvents(full, events, payments, questions, archive, counts, acting, told);
        var body = unknown(id);
        var request = new MockHttpServletRequest("POST", "/gateways/stripe/webhook");
        request.setContent(body.getBytes(StandardCharsets.UTF_8));
        request.addHeader("Stripe-Signature", TestGateway.signatureOf(body));
        var answer = new PaymentController(payments, questions, inbox, limits, clock).receive("stripe", request);
        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("1");
        assertThat(kept(id)).isEmpty();
    }

    private int send(String body) {
        return api.post("/gateways/stripe/webhook", body, "Stripe-Signature", TestGateway.signatureOf(body))
                .status();
    }

    private static String succeeded(String event, String reference, String payment) {
        return """
                {"id": "%s", "object": "event", "type": "payment_intent.succeeded", "created": 1764000000,
                 "data": {"object": {"id": "%s", "object": "payment_intent", "status": "succeeded", "amount": 510,
                   "amount_received": 510, "currency": "gbp", "metadata": {"kontor_payment": "%s"}}}}
                """.formatted(event, reference, payment);
    }

    private static String unknown(String event) {
        return """
                {"id": "%s", "object": "event", "type": "customer.created", "created": 1764000000,
                 "data": {"object": {}}}
                """.formatted(event);
    }

    private interface Sending {
        int send(int number);
    }

    private static List<Integer> inParallel(int count, Sending sending) throws Exception {
        try (var threads = Executors.newFixedThreadPool(32)) {
            var calls = IntStream.range(0, count)
                    .mapToObj(n -> (Callable<Integer>) () -> sending.send(n))
                    .toList();
            return threads.invokeAll(calls).stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .toList();
        }
    }

    private List<String> kept(String event) {
        return database.sql("SELECT state FROM payments.inbound_events WHERE event_id = ?")
                .param(event)
                .query(String.class)
                .list();
    }

    private String aboutPayment(String event) {
        return database.sql("SELECT payment_id::text FROM payments.inbound_events WHERE event_id = ?")
                .param(event)
                .query(String.class)
                .single();
    }

    private Api.Answer pay() {
        var answer = api.as(users.customer())
                .post(
                        "/orders",
                        Map.of(
                                "currency",
                                "GBP",
                                "lines",
                                List.of(Map.of("sku", shop.article(255, 10), "quantity", 2)),
                                "payment",
                                Map.of("method", "card", "gateway", "stripe", "token", "pm_card_visa")),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }
}
