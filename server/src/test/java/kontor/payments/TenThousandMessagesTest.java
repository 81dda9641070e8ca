package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.net.Webhook;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Messages twice, out of order and forged, many at once: each payment ends as it ended at the gateway. */
@KontorTest
class TenThousandMessagesTest {
    private static final int MESSAGES = 10_000;
    private static final int FORGED = MESSAGES / 100;
    private static final int PAYMENTS = 990;
    private static final int AT_ONCE = 200;
    private static final List<String> EVERY_PAYMENT = List.of(
            "payment_intent.created",
            "payment_intent.requires_action",
            "payment_intent.processing",
            "customer.created");
    private static final List<String> IN_THE_END =
            List.of("payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.updated");

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    private final String run = "evt_" + UUID.randomUUID().toString().substring(0, 8);
    private final Random random = new Random(20_261_128);

    /** How a buyer leaves the bank's page. */
    private enum Fate {
        COMPLETED("captured", "confirmed"),
        FAILED("failed", "cancelled"),
        LEFT_OPEN("requires_action", "pending_payment");

        private final String payment;
        private final String order;

        Fate(String payment, String order) {
            this.payment = payment;
            this.order = order;
        }
    }

    private record Paid(String order, String payment, String reference, Fate fate) {}

    /** @param signature "" for none */
    private record Message(String body, String signature, boolean genuine) {}

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void leaveEveryPaymentAsItEndedAtTheGateway() throws Exception {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 3600000, \"count\": 1000000}"); // only ours count
        var paid = placeAndPay();
        var messages = messagesAbout(paid);
        assertThat(messages).hasSize(MESSAGES);
        assertThat(messages.stream().filter(message -> !message.genuine())).hasSize(FORGED);
        var genuine = messages.stream()
                .filter(Message::genuine)
                .map(Message::body)
                .distinct()
                .count();

        var statuses = atOnce(messages.stream()
                .map(message -> (Callable<Integer>) () -> send(message))
                .toList());
        for (var i = 0; i < MESSAGES; i++) {
            if (messages.get(i).genuine()) assertThat(statuses.get(i)).isEqualTo(200);
            else assertThat(statuses.get(i)).isIn(401, 429); // a guest who forges too often is slowed down
        }

        await().atMost(Duration.ofMinutes(1)).until(() -> kept("state = 'received'") == 0);
        for (var fate : Fate.values()) {
            var orders = paid.stream()
                    .filter(payment -> payment.fate() == fate)
                    .map(payment -> Long.parseLong(payment.order()))
                    .toList();
            assertThat(orders).hasSizeGreaterThan(PAYMENTS / 4);
            assertThat(states("SELECT status FROM payments.payments WHERE order_id IN (:orders)", orders))
                    .isEqualTo(Map.of(fate.payment, orders.size()));
            assertThat(states("SELECT status FROM orders.orders WHERE id IN (:orders)", orders))
                    .isEqualTo(Map.of(fate.order, orders.size()));
        }
        assertThat(kept("true")).isEqualTo(genuine);
        assertThat(kept("event_id LIKE '%forged%'")).isZero();
        assertThat(kept("conflicts > 0")).isZero();
        assertThat(kept("state = 'quarantined'")).isZero();
        for (var payment : paid.subList(0, 12))
            assertThat(TestGateway.effectsOn(payment.order())).hasSize(payment.fate() == Fate.COMPLETED ? 1 : 0);
    }

    private List<Paid> placeAndPay() throws Exception {
        var mug = shop.article(255, 10 * PAYMENTS);
        var buyers = IntStream.range(0, 20).mapToObj(_ -> users.customer()).toList();
        var orders = atOnce(IntStream.range(0, PAYMENTS)
                .mapToObj(n -> (Callable<Api.Answer>) () -> place(buyers.get(n % buyers.size()), mug))
                .toList());
        var references = referencesOf(orders);
        var paid = new ArrayList<Paid>();
        var presses = new ArrayList<Callable<Integer>>();
        for (var order : orders) {
            var fate = Fate.values()[random.nextInt(Fate.values().length)];
            paid.add(new Paid(
                    order.at("/id"),
                    order.at("/payments/0/id"),
                    references.getOrDefault(order.at("/payments/0/id"), ""),
                    fate));
            var page = order.at("/payments/0/action");
            if (fate != Fate.LEFT_OPEN)
                presses.add(() -> TestGateway.press(page, fate == Fate.COMPLETED ? "complete" : "fail")
                        .statusCode());
        }
        assertThat(atOnce(presses)).allMatch(status -> status < 400);
        return paid;
    }

    private Api.Answer place(TestUsers.TestUser buyer, String sku) {
        var answer = api.as(buyer)
                .post(
                        "/orders",
                        """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}],
                         "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_threeDSecure2Required",
                                     "return_url": "https://shop.example/back"}}
                        """.formatted(sku),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer;
    }

    private Map<String, String> referencesOf(List<Api.Answer> orders) {
        return database
                .sql("SELECT id::text, gateway_reference FROM payments.payments WHERE order_id IN (:orders)")
                .param(
                        "orders",
                        orders.stream()
                                .map(order -> Long.parseLong(order.at("/id")))
                                .toList())
                .query((row, number) -> Map.entry(row.getString(1), row.getString(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Each payment's in their order; then some of them twice, forged ones in between, and three in ten out of place. */
    private List<Message> messagesAbout(List<Paid> paid) {
        var bodies = new ArrayList<String>();
        for (var type : EVERY_PAYMENT)
            for (var payment : paid) bodies.add(body(payment, type, statusAtFirst(type), run + "_" + bodies.size()));
        for (var type : IN_THE_END)
            for (var payment : paid)
                bodies.add(body(payment, type, statusInTheEnd(payment), run + "_" + bodies.size()));
        var messages = new ArrayList<Message>();
        for (var body : bodies) messages.add(genuine(body));
        while (messages.size() < MESSAGES - FORGED)
            messages.add(random.nextInt(messages.size()), genuine(bodies.get(random.nextInt(bodies.size()))));
        for (var n = 0; n < FORGED; n++) messages.add(random.nextInt(messages.size()), forged(paid, n));
        var places = new ArrayList<>(IntStream.range(0, messages.size()).boxed().toList());
        Collections.shuffle(places, random);
        var moving = places.subList(0, messages.size() * 3 / 10);
        for (var i = 1; i < moving.size(); i++) Collections.swap(messages, moving.get(i - 1), moving.get(i));
        return messages;
    }

    private static String statusAtFirst(String type) {
        return type.endsWith("processing") ? "processing" : "requires_action";
    }

    private static String statusInTheEnd(Paid payment) {
        return switch (payment.fate()) {
            case COMPLETED -> "succeeded";
            case FAILED -> "requires_payment_method";
            case LEFT_OPEN -> "requires_action";
        };
    }

    private static String body(Paid payment, String type, String status, String event) {
        return """
                {"id": "%s", "object": "event", "type": "%s", "created": 1764000000,
                 "data": {"object": {"id": "%s", "object": "%s", "status": "%s", "amount": 510, "amount_received": %d,
                   "currency": "gbp", "metadata": {"kontor_payment": "%s"},
                   "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/3ds"}},
                   "last_payment_error": {"type": "card_error", "code": "card_declined", "message": "No."}}}}
                """.formatted(
                        event,
                        type,
                        payment.reference(),
                        type.startsWith("customer") ? "customer" : "payment_intent",
                        status,
                        status.equals("succeeded") ? 510 : 0,
                        payment.payment());
    }

    private static Message genuine(String body) {
        return new Message(body, TestGateway.signatureOf(body), true);
    }

    /** Says of a payment that it succeeded: under another's secret, altered, from yesterday, or unsigned. */
    private Message forged(List<Paid> paid, int number) {
        var payment = paid.get(random.nextInt(paid.size()));
        var body = body(payment, "payment_intent.succeeded", "succeeded", run + "_forged_" + number);
        return new Message(
                body,
                switch (number % 4) {
                    case 0 -> signedByAnother(body);
                    case 1 -> TestGateway.signatureOf(body.replace("510", "1"));
                    case 2 -> TestGateway.signatureOf(body, Instant.now().minus(Duration.ofDays(1)));
                    default -> "";
                },
                false);
    }

    private static String signedByAnother(String body) {
        try {
            return Webhook.Signature.generateSignatureHeader(
                    body, "whsec_of_somebody_else", Instant.now().getEpochSecond());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private int send(Message message) {
        var headers =
                message.signature().isEmpty() ? new String[0] : new String[] {"Stripe-Signature", message.signature()};
        return api.post("/gateways/stripe/webhook", message.body(), headers).status();
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws InterruptedException, ExecutionException {
        var free = new Semaphore(AT_ONCE, true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<java.util.concurrent.Future<T>>();
            for (var call : calls) {
                free.acquire();
                results.add(threads.submit(() -> {
                    try {
                        return call.call();
                    } finally {
                        free.release();
                    }
                }));
            }
            var answers = new ArrayList<T>();
            for (var result : results) answers.add(result.get());
            return answers;
        }
    }

    private long kept(String condition) {
        return database.sql("SELECT count(*) FROM payments.inbound_events WHERE event_id LIKE ? AND " + condition)
                .param(run + "%")
                .query(Long.class)
                .single();
    }

    private Map<String, Integer> states(String query, List<Long> orders) {
        return database.sql(query).param("orders", orders).query(String.class).list().stream()
                .collect(Collectors.toMap(state -> state, _ -> 1, Integer::sum));
    }
}
