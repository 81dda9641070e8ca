package kontor;

import com.stripe.net.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import kontor.simulator.AdyenOptions;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The payment simulator that the server under test takes for Stripe and for Adyen. It sends its messages to that server. */
public final class TestGateway {
    private static final String SECRET_KEY = "sk_test_of_all_tests";
    private static final String WEBHOOK_SECRET = "whsec_of_all_tests";

    /** What Adyen's messages are signed with, and about. */
    public static final String ADYEN_HMAC_KEY = "A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E8F90";

    public static final String ADYEN_ACCOUNT = "KontorTests";
    private static final String ADYEN_LOGIN = "adyen:of_all_tests";

    /** What they come with besides. */
    public static final String ADYEN_AUTHORIZATION =
            "Basic " + Base64.getEncoder().encodeToString(ADYEN_LOGIN.getBytes(StandardCharsets.UTF_8));

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private TestGateway() {}

    /** Arms a fault, as the simulator's page does. */
    public static void fault(String json) {
        var answer = send(HttpRequest.newBuilder(address().resolve("/_faults"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    }

    public static void clearFaults() {
        send(HttpRequest.newBuilder(address().resolve("/_faults")).DELETE().build());
    }

    /** What the simulator really did with the payments of an order, as {@code kind amount}, in order. */
    public static List<String> effectsOn(String orderId) {
        var book = JSON.readTree(
                send(HttpRequest.newBuilder(address().resolve("/_book")).build())
                        .body());
        return book.get("effects")
                .valueStream()
                .filter(effect -> orderId.equals(
                        effect.get("metadata").path("kontor_order").asString("")))
                .map(effect -> effect.get("kind").asString() + " "
                        + effect.get("amount").asLong())
                .toList();
    }

    /** Gives all of an order's payment back, as somebody with the gateway's own pages could. */
    public static void refundBehindOurBack(String orderId) {
        callStripe("/v1/refunds", "payment_intent=" + paymentIntentOf(orderId));
    }

    /** Another try with another card at the payment of an order, by whoever holds its secret. */
    public static void confirm(String orderId, String token) {
        var found = checked(send(HttpRequest.newBuilder(address().resolve("/v1/payment_intents?limit=100"))
                .header("Authorization", "Bearer " + SECRET_KEY)
                .build()));
        var intent = found.get("data")
                .valueStream()
                .filter(each ->
                        orderId.equals(each.get("metadata").path("kontor_order").asString("")))
                .findFirst()
                .orElseThrow();
        callStripe("/v1/payment_intents/" + intent.get("id").asString() + "/confirm", "payment_method=" + token);
    }

    /** The gateway's name for what an order was paid with. */
    public static String paymentIntentOf(String orderId) {
        var book = JSON.readTree(
                send(HttpRequest.newBuilder(address().resolve("/_book")).build())
                        .body());
        return book.get("effects")
                .valueStream()
                .filter(effect -> orderId.equals(
                        effect.get("metadata").path("kontor_order").asString("")))
                .findFirst()
                .orElseThrow()
                .get("payment_intent")
                .asString();
    }

    /** The gateway's name of the newest movement of the balance. */
    public static String newestMovement() {
        return checked(send(HttpRequest.newBuilder(address().resolve("/v1/balance_transactions?limit=1"))
                        .header("Authorization", "Bearer " + SECRET_KEY)
                        .build()))
                .at("/data/0/id")
                .asString();
    }

    /** A call of the gateway's own API past the server. */
    public static JsonNode callStripe(String path, String form) {
        return checked(send(HttpRequest.newBuilder(address().resolve(path))
                .header("Authorization", "Bearer " + SECRET_KEY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build()));
    }

    /** A call of the simulator's controls, as its page makes them. */
    public static JsonNode control(String path, String json) {
        return checked(send(HttpRequest.newBuilder(address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build()));
    }

    private static JsonNode checked(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) throw new AssertionError(answer.statusCode() + " " + answer.body());
        return JSON.readTree(answer.body());
    }

    /** What the buyer's browser sends when a button of the 3-D Secure page is pressed: {@code complete} or {@code fail}. */
    public static HttpResponse<String> press(String page, String outcome) {
        return send(HttpRequest.newBuilder(URI.create(page))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("outcome=" + outcome))
                .build());
    }

    /** What the gateway sends along with a message, by the SDK's own hand. */
    public static String signatureOf(String body) {
        return signatureOf(body, Instant.now());
    }

    /** The same of a message that was sent at another time. */
    public static String signatureOf(String body, Instant sentAt) {
        try {
            return Webhook.Signature.generateSignatureHeader(body, WEBHOOK_SECRET, sentAt.getEpochSecond());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static URI address() {
        return Holder.SIMULATOR.address();
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static final class Holder {
        /** Known before the server starts, so that the simulator can be told where to send its messages. */
        static final int SERVER_PORT = FreePort.next();

        static final Simulator SIMULATOR = start();

        private static Simulator start() {
            try {
                var data =
                        Files.createTempDirectory(Files.createDirectories(Path.of("target", "test-simulator")), "run");
                return Simulator.start(
                        SimulatorOptions.defaults()
                                .onPort(0)
                                .in(data)
                                .acceptingOnly(SECRET_KEY)
                                .sendingTo(
                                        URI.create("http://localhost:" + SERVER_PORT + "/gateways/stripe/webhook"),
                                        WEBHOOK_SECRET),
                        AdyenOptions.defaults()
                                .acceptingOnly(SECRET_KEY)
                                .sendingTo(
                                        URI.create("http://localhost:" + SERVER_PORT + "/gateways/adyen/webhook"),
                                        ADYEN_HMAC_KEY,
                                        ADYEN_LOGIN));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Tells the server under test where its Stripe is, and which port to listen on. */
    static class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(
                            "server.port=" + Holder.SERVER_PORT,
                            "kontor.orders.return-origins=https://shop.example",
                            "kontor.payments.stripe.api-base=" + address(),
                            "kontor.payments.stripe.secret-key=" + SECRET_KEY,
                            "kontor.payments.stripe.webhook-secrets=" + WEBHOOK_SECRET,
                            "kontor.payments.stripe.timeout=4s",
                            "kontor.payments.adyen.api-base=" + address() + "/adyen",
                            "kontor.payments.adyen.api-key=" + SECRET_KEY,
                            "kontor.payments.adyen.merchant-account=" + ADYEN_ACCOUNT,
                            "kontor.payments.adyen.hmac-keys=" + ADYEN_HMAC_KEY,
                            "kontor.payments.adyen.webhook-user=adyen",
                            "kontor.payments.adyen.webhook-password=of_all_tests",
                            "kontor.payments.adyen.timeout=4s",
                            "kontor.payments.recovery-interval=200ms",
                            "kontor.payments.work-items-interval=1s",
                            "kontor.payments.breaker-pause=1s")
                    .applyTo(context);
        }
    }
}
