package kontor.payments.stripe;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayRequest.Authorize;
import kontor.payments.GatewayRequest.LookUp;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real adapter and the real SDK, talking to a simulator of their own. */
final class SimulatedStripe implements AutoCloseable {
    static final String VISA = "pm_card_visa";
    static final String DECLINED = "pm_card_chargeDeclined";
    static final String INSUFFICIENT_FUNDS = "pm_card_chargeDeclinedInsufficientFunds";
    static final String THREE_D_SECURE = "pm_card_threeDSecure2Required";
    static final Money FIVE_POUND_TEN = Money.of(510, "GBP");

    private static final String SECRET_KEY = "sk_test_of_this_test";
    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicLong PAYMENTS = new AtomicLong();

    private final Path data;
    private final Duration patience;
    private final HttpClient http = HttpClient.newHttpClient();
    private Simulator simulator;
    StripeGateway gateway;

    /** @param patience of the gateway; short in tests about silence */
    SimulatedStripe(Path data, Duration patience) throws IOException {
        this.data = data;
        this.patience = patience;
        simulator = Simulator.start(options());
        gateway = gateway(SECRET_KEY);
    }

    private SimulatorOptions options() {
        return SimulatorOptions.defaults().onPort(0).in(data).acceptingOnly(SECRET_KEY);
    }

    StripeGateway gateway(String secretKey) {
        return gateway(secretKey, patience);
    }

    /** One that takes 300 ms for silence. */
    StripeGateway impatientGateway() {
        return gateway(SECRET_KEY, Duration.ofMillis(300));
    }

    private StripeGateway gateway(String secretKey, Duration patience) {
        return new StripeGateway(
                new StripeSettings(simulator.address(), false, secretKey, List.of("whsec_test"), patience, 64));
    }

    void restartSimulator() throws IOException {
        simulator.close();
        gateway.close();
        simulator = Simulator.start(options());
        gateway = gateway(SECRET_KEY);
    }

    /** Ends the simulator; whatever is asked now meets a closed port. */
    void stopSimulator() throws IOException {
        simulator.close();
    }

    /** A new payment with keys of its own. */
    static Authorize payment(String token, boolean capture) {
        var id = PAYMENTS.incrementAndGet();
        return new Authorize(
                "operation-" + id, 1000 + id, id, FIVE_POUND_TEN, token, capture, URI.create("https://shop.test/back"));
    }

    static LookUp lookUp(Authorize payment, @Nullable String reference) {
        return new LookUp(payment.operationKey(), payment.paymentId(), payment.amount(), reference);
    }

    /** Holds the amount. @return the payment's reference */
    String hold() {
        var answer = gateway.authorize(payment(VISA, false));
        if (answer instanceof GatewayAnswer.Authorized(var reference, var amount)) return reference;
        throw new AssertionError(answer);
    }

    /** Takes the amount. @return the payment's reference */
    String take() {
        var answer = gateway.authorize(payment(VISA, true));
        if (answer instanceof GatewayAnswer.Captured(var reference, var amount)) return reference;
        throw new AssertionError(answer);
    }

    void fault(String json) {
        var answer = send(HttpRequest.newBuilder(simulator.address().resolve("/_faults"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    }

    /** What the simulator is told beside the API. @return its answer */
    JsonNode control(String path, String json) {
        var answer = send(HttpRequest.newBuilder(simulator.address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
        return JSON.readTree(answer.body());
    }

    int faultsLeft() {
        return JSON.readTree(get(simulator.address().resolve("/_faults")).body())
                .get("faults")
                .size();
    }

    void clearFaults() {
        send(HttpRequest.newBuilder(simulator.address().resolve("/_faults"))
                .DELETE()
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
        return bookOf(effect -> payment.operationKey()
                .equals(effect.get("metadata").path("kontor_operation").asString("")));
    }

    /** Waits until the simulator has done it: whoever gave up on an answer may be ahead of it. */
    void awaitExecution(Supplier<List<String>> effects, String last) {
        while (effects.get().isEmpty() || !effects.get().getLast().equals(last)) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private List<String> bookOf(Predicate<JsonNode> wanted) {
        var book = JSON.readTree(get(simulator.address().resolve("/_book")).body());
        return book.get("effects")
                .valueStream()
                .filter(wanted)
                .map(effect -> effect.get("kind").asString() + " "
                        + effect.get("amount").asLong())
                .toList();
    }

    /** A call of Stripe's own API past the gateway. */
    HttpResponse<String> call(String path, String form) {
        return send(HttpRequest.newBuilder(simulator.address().resolve(path))
                .header("Authorization", "Bearer " + SECRET_KEY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build());
    }

    /** Another try with a good card at a payment that was refused, by whoever holds its secret. */
    HttpResponse<String> confirm(String reference) {
        return call("/v1/payment_intents/" + reference + "/confirm", "payment_method=" + VISA);
    }

    /** The payment's name at Stripe, and how it stands there, as {@code pi_… canceled}. */
    String standOf(Authorize payment) {
        var found =
                JSON.readTree(send(HttpRequest.newBuilder(simulator.address().resolve("/v1/payment_intents?limit=100"))
                                .header("Authorization", "Bearer " + SECRET_KEY)
                                .build())
                        .body());
        return found.get("data")
                .valueStream()
                .filter(intent -> payment.operationKey()
                        .equals(intent.get("metadata").path("kontor_operation").asString("")))
                .map(intent ->
                        intent.get("id").asString() + " " + intent.get("status").asString())
                .findFirst()
                .orElseThrow();
    }

    HttpResponse<String> get(URI uri) {
        return send(HttpRequest.newBuilder(uri).build());
    }

    /** What the buyer's browser sends when a button is pressed. */
    HttpResponse<String> press(URI page, String outcome) {
        return send(HttpRequest.newBuilder(page)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("outcome=" + outcome))
                .build());
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

    Path bookFile() {
        return data.resolve("simulator/book.jsonl");
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        simulator.close();
        http.close();
    }
}
