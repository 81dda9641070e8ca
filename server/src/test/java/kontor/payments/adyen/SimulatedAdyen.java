package kontor.payments.adyen;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayRequest.Authorize;
import kontor.payments.GatewayRequest.Confirm;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookVerdict;
import kontor.simulator.AdyenOptions;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real adapter and the real SDK, talking to a simulator of their own, whose messages are heard. */
final class SimulatedAdyen implements AutoCloseable {
    static final String PAYS = "test_card";
    static final String REFUSED = "test_card_refused_2";
    static final String INSUFFICIENT_FUNDS = "test_card_refused_12";
    static final String THREE_D_SECURE = "test_card_3ds";
    static final Money FIVE_POUND_TEN = Money.of(510, "GBP");
    static final String HMAC_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

    private static final String API_KEY = "key_of_this_test";
    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicLong PAYMENTS = new AtomicLong();

    private final Path data;
    private final Duration patience;
    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpServer listener;
    private final BlockingQueue<WebhookEvent> heard = new LinkedBlockingQueue<>();
    private Simulator simulator;
    AdyenGateway gateway;

    /** @param patience of the gateway; short in tests about silence */
    SimulatedAdyen(Path data, Duration patience) throws IOException {
        this.data = data;
        this.patience = patience;
        listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listener.createContext("/", exchange -> {
            var body = exchange.getRequestBody().readAllBytes();
            var verdict = gateway.readWebhook(body, exchange.getRequestHeaders()::getFirst, Instant.now());
            if (verdict instanceof WebhookVerdict.Verified(var parts, var _))
                parts.forEach(part -> heard.add(part.event()));
            exchange.sendResponseHeaders(verdict instanceof WebhookVerdict.Verified ? 200 : 401, -1);
            exchange.close();
        });
        simulator = startSimulator();
        gateway = gateway(API_KEY);
        listener.start();
    }

    private Simulator startSimulator() throws IOException {
        return Simulator.start(
                SimulatorOptions.defaults().onPort(0).in(data),
                AdyenOptions.defaults()
                        .acceptingOnly(API_KEY)
                        .sendingTo(
                                URI.create("http://127.0.0.1:"
                                        + listener.getAddress().getPort() + "/"),
                                HMAC_KEY,
                                "shop:secret"));
    }

    AdyenGateway gateway(String apiKey) {
        return gateway(apiKey, patience);
    }

    /** One that takes 300 ms for silence. */
    AdyenGateway impatientGateway() {
        return gateway(API_KEY, Duration.ofMillis(300));
    }

    private AdyenGateway gateway(String apiKey, Duration patience) {
        return new AdyenGateway(new AdyenSettings(
                simulator.address().resolve("/adyen"),
                false,
                apiKey,
                "Kontor",
                List.of(HMAC_KEY),
                "shop",
                "secret",
                patience,
                64));
    }

    void restartSimulator() throws IOException {
        simulator.close();
        gateway.close();
        simulator = startSimulator();
        gateway = gateway(API_KEY);
    }

    /** A new payment with keys of its own. */
    static Authorize payment(String token, boolean capture) {
        return payment(token, capture, URI.create("https://shop.test/back"));
    }

    static Authorize payment(String token, boolean capture, @Nullable URI returnUrl) {
        var id = PAYMENTS.incrementAndGet();
        return new Authorize("operation-" + id, 1000 + id, id, FIVE_POUND_TEN, token, capture, returnUrl);
    }

    static Confirm back(Authorize payment, Map<String, String> returned) {
        return new Confirm(
                payment.operationKey(), payment.paymentId(), payment.amount(), payment.capture(), null, returned);
    }

    /** Holds the amount. @return the payment's reference */
    String hold(String token) {
        var answer = gateway.authorize(payment(token, false));
        if (answer instanceof GatewayAnswer.Authorized(var reference, var amount)) return reference;
        throw new AssertionError(answer);
    }

    /** Takes the amount. @return the payment's reference */
    String take(String token) {
        var answer = gateway.authorize(payment(token, true));
        if (answer instanceof GatewayAnswer.Captured(var reference, var amount)) return reference;
        throw new AssertionError(answer);
    }

    /** Waits for the next message of this type. */
    WebhookEvent heard(String type) {
        try {
            while (true) {
                var event = heard.poll(20, TimeUnit.SECONDS);
                if (event == null) throw new AssertionError("nothing was heard of " + type);
                if (event.type().equals(type)) return event;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    void fault(String json) {
        control("/_faults", json);
    }

    /** What the simulator is told beside Adyen's API. */
    void control(String path, String json) {
        var answer = controlled(path, json);
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    }

    HttpResponse<String> controlled(String path, String json) {
        return send(HttpRequest.newBuilder(simulator.address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
    }

    /** What the simulator really did, as {@code kind amount}, in order. */
    List<String> effects() {
        return bookOf(effect -> true);
    }

    List<String> effectsOn(String reference) {
        return bookOf(effect -> effect.get("payment_intent").asString().equals(reference));
    }

    List<String> effectsOf(Authorize payment) {
        return bookOf(effect -> Long.toString(payment.paymentId())
                .equals(effect.get("metadata").path("kontor_payment").asString("")));
    }

    private List<String> bookOf(Predicate<JsonNode> wanted) {
        var book = JSON.readTree(send(HttpRequest.newBuilder(simulator.address().resolve("/_book"))
                        .build())
                .body());
        return book.get("effects")
                .valueStream()
                .filter(wanted)
                .map(effect -> effect.get("kind").asString() + " "
                        + effect.get("amount").asLong())
                .toList();
    }

    HttpResponse<String> get(URI uri) {
        return send(HttpRequest.newBuilder(uri).build());
    }

    /** What the buyer's browser sends when a button is pressed, and where it is then sent on. @return its parameters */
    Map<String, String> press(URI page, String outcome) {
        var answer = send(HttpRequest.newBuilder(page)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("outcome=" + outcome))
                .build());
        var address = URI.create(answer.headers().firstValue("Location").orElseThrow());
        var pair = address.getQuery().split("=", 2);
        return Map.of(pair[0], pair[1]);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        simulator.close();
        listener.stop(0);
        http.close();
    }
}
