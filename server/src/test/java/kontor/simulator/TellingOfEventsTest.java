package kontor.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TellingOfEventsTest {
    private static final String SECRET = "whsec_of_this_test";

    @TempDir
    Path data;

    private record Message(String body, String signature) {
        JsonNode json() {
            return Json.read(body.getBytes(UTF_8));
        }

        String type() {
            return json().get("type").asString();
        }

        boolean isGenuine() {
            try {
                return Webhook.Signature.verifyHeader(body, signature, SECRET, 300);
            } catch (SignatureVerificationException e) {
                return false;
            }
        }
    }

    private HttpServer shop;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private volatile int answer = 200;
    private Simulator simulator;
    private Visitor visitor;

    @BeforeEach
    void listen() throws IOException {
        shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            var status = answer; // before the test hears of the message and changes its mind
            messages.add(new Message(body, exchange.getRequestHeaders().getFirst("Stripe-Signature")));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        shop.start();
        startSimulator();
    }

    private void startSimulator() throws IOException {
        var port = shop.getAddress().getPort();
        simulator = Simulator.start(SimulatorOptions.defaults()
                .onPort(0)
                .in(data)
                .sendingTo(URI.create("http://127.0.0.1:" + port + "/webhook"), SECRET));
        visitor = new Visitor(simulator);
    }

    private void stopSimulator() throws IOException {
        visitor.close();
        simulator.close();
    }

    @AfterEach
    void stop() throws IOException {
        stopSimulator();
        shop.stop(0);
    }

    private Message next() throws InterruptedException {
        var message = messages.poll(20, TimeUnit.SECONDS);
        if (message == null) throw new AssertionError("nobody was told");
        return message;
    }

    private List<String> nextTypes(int count) throws InterruptedException {
        var types = new ArrayList<String>();
        for (var i = 0; i < count; i++) types.add(next().type());
        return types;
    }

    private String post(String path, String form) {
        return Visitor.json(visitor.post(path, form)).path("id").asString("");
    }

    private String hold(String card) {
        return post(
                "/v1/payment_intents",
                "amount=510&currency=gbp&confirm=true&capture_method=manual&return_url=https://shop.test/&payment_method="
                        + card);
    }

    @Test
    void tellsOfASuccessAndSignsIt() throws InterruptedException {
        var intent = visitor.pay("the-operation");
        var message = next();
        assertThat(message.isGenuine()).isTrue();
        var event = message.json();
        assertThat(event.get("type").asString()).isEqualTo("payment_intent.succeeded");
        assertThat(event.get("id").asString()).startsWith("evt_");
        assertThat(event.get("request").get("idempotency_key").asString()).isEqualTo("the-operation");
        assertThat(event.get("data").get("object")).isEqualTo(intent);
    }

    @Test
    void tellsOfEveryTurn() throws InterruptedException {
        var held = hold("pm_card_visa");
        assertThat(next().type()).isEqualTo("payment_intent.amount_capturable_updated");
        post("/v1/payment_intents/" + held + "/capture", "");
        assertThat(next().type()).isEqualTo("payment_intent.succeeded");
        post("/v1/refunds", "payment_intent=" + held + "&amount=10");
        assertThat(nextTypes(2)).containsExactlyInAnyOrder("refund.created", "charge.refunded");
        hold("pm_card_chargeDeclined");
        assertThat(next().type()).isEqualTo("payment_intent.payment_failed");
        var waiting = hold("pm_card_threeDSecure2Required");
        assertThat(next().type()).isEqualTo("payment_intent.requires_action");
        post("/v1/payment_intents/" + waiting + "/cancel", "");
        assertThat(next().type()).isEqualTo("payment_intent.canceled");
    }

    @Test
    void tellsAgainUntilItIsHeard() throws InterruptedException {
        answer = 500;
        visitor.pay("unheard");
        var first = next();
        answer = 200;
        var second = next();
        assertThat(second.json().get("id")).isEqualTo(first.json().get("id"));
        assertThat(second.isGenuine()).isTrue();
    }

    @Test
    void tellsAfterARestartWhatNobodyHasHeard() throws Exception {
        answer = 500;
        visitor.pay("before the restart");
        var first = next();
        stopSimulator();
        messages.clear();
        answer = 200;
        startSimulator();
        assertThat(next().json().get("id")).isEqualTo(first.json().get("id"));
    }

    @Test
    void doesNotTellAgainWhatWasHeard() throws Exception {
        visitor.pay("heard");
        next();
        stopSimulator();
        startSimulator();
        visitor.pay("later");
        assertThat(next().json().get("request").get("idempotency_key").asString())
                .isEqualTo("later");
    }

    @Test
    void tellsTwiceOnDemand() throws InterruptedException {
        visitor.fault("{\"kind\": \"webhook_duplicate\"}");
        visitor.pay("doubled");
        assertThat(next().json().get("id")).isEqualTo(next().json().get("id"));
    }

    @Test
    void tellsLateOnDemand() throws InterruptedException {
        visitor.fault("{\"kind\": \"webhook_late\", \"ms\": 3000}");
        visitor.pay("slow");
        visitor.pay("quick");
        assertThat(next().json().get("request").get("idempotency_key").asString())
                .isEqualTo("quick");
        assertThat(next().json().get("request").get("idempotency_key").asString())
                .isEqualTo("slow");
    }

    @Test
    void shufflesOnDemand() throws InterruptedException {
        // With this seed the first waits for 3 s and the second for none.
        visitor.fault("{\"kind\": \"webhook_shuffled\", \"ms\": 3000, \"seed\": 1554, \"count\": 2}");
        visitor.pay("first");
        visitor.pay("second");
        assertThat(next().json().at("/request/idempotency_key").asString()).isEqualTo("second");
        assertThat(next().json().at("/request/idempotency_key").asString()).isEqualTo("first");
    }

    @Test
    void tellsOfDisputesAndPayouts() throws InterruptedException {
        var intent = visitor.pay("disputed").get("id").asString();
        next();
        var dispute = control("/_disputes", "{\"payment_intent\": \"%s\"}".formatted(intent))
                .get("id")
                .asString();
        assertThat(nextTypes(2)).containsExactlyInAnyOrder("charge.dispute.created", "charge.dispute.funds_withdrawn");
        control("/_disputes/" + dispute, "{\"outcome\": \"won\"}");
        var closing = List.of(next(), next());
        assertThat(closing.stream().map(Message::type))
                .containsExactlyInAnyOrder("charge.dispute.funds_reinstated", "charge.dispute.closed");
        assertThat(closing).allSatisfy(message -> {
            assertThat(message.isGenuine()).isTrue();
            assertThat(message.json().at("/data/object/status").asString()).isEqualTo("won");
        });
        for (var i = 0; i < 4; i++) {
            visitor.pay("later " + i);
            next();
        }
        control("/_payouts", "{}");
        assertThat(List.of(next(), next()).stream()
                        .map(message -> message.type() + " "
                                + message.json().at("/data/object/status").asString()))
                .containsExactlyInAnyOrder("payout.created in_transit", "payout.paid paid");
    }

    @Test
    void tellsOfEachPartThatIsCaptured() throws InterruptedException {
        var held = post(
                "/v1/payment_intents",
                "amount=510&currency=gbp&confirm=true&capture_method=manual&payment_method=pm_card_visa"
                        + "&payment_method_options[card][request_multicapture]=if_available");
        next();
        post("/v1/payment_intents/" + held + "/capture", "amount_to_capture=100&final_capture=false");
        assertThat(next().type()).isEqualTo("payment_intent.amount_capturable_updated");
        post("/v1/payment_intents/" + held + "/capture", "amount_to_capture=100");
        assertThat(next().type()).isEqualTo("payment_intent.succeeded");
    }

    /** A receiver that comes later is told of what happens from then on. */
    @Test
    void doesNotTellWhatHappenedBeforeThereWasAReceiver() throws Exception {
        stopSimulator();
        try (var alone = Simulator.start(SimulatorOptions.defaults().onPort(0).in(data));
                var customer = new Visitor(alone)) {
            customer.pay("alone");
            assertThat(Visitor.json(customer.get("/v1/events")).get("data")).hasSize(1);
        }
        startSimulator();
        visitor.pay("heard");
        assertThat(next().json().at("/request/idempotency_key").asString()).isEqualTo("heard");
        assertThat(Visitor.json(visitor.get("/v1/events")).get("data")).hasSize(2);
    }

    private JsonNode control(String path, String json) {
        return Visitor.json(visitor.send("POST", path, json, "Content-Type", "application/json"));
    }

    @Test
    void forgesOnDemand() throws InterruptedException {
        visitor.fault("{\"kind\": \"webhook_forged\"}");
        visitor.pay("attacked");
        var both = List.of(next(), next());
        assertThat(both).filteredOn(Message::isGenuine).hasSize(1);
        assertThat(both)
                .filteredOn(message -> !message.isGenuine())
                .singleElement()
                .satisfies(forged -> assertThat(forged.json()
                                .get("data")
                                .get("object")
                                .get("amount")
                                .asLong())
                        .isEqualTo(1));
    }
}
