package kontor;

import com.stripe.net.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import tools.jackson.databind.json.JsonMapper;

/** A payment simulator for one test, whose book holds nothing of others. */
public final class OwnGateway implements AutoCloseable {
    private static final String SECRET_KEY = "sk_test_of_a_test_of_its_own";
    private static final String WEBHOOK_SECRET = "whsec_of_a_test_of_its_own";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Simulator simulator;
    private final int serverPort;

    /**
     * One that sends no messages.
     *
     * @param folder where it keeps its book
     */
    public OwnGateway(Path folder) throws IOException {
        this(inFolder(folder), 0);
    }

    private OwnGateway(SimulatorOptions options, int serverPort) throws IOException {
        this.serverPort = serverPort;
        simulator = Simulator.start(options);
    }

    /** One that sends its messages to the server that is started with it. */
    public static OwnGateway telling(Path folder) throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var inbox = URI.create("http://localhost:" + port + "/gateways/stripe/webhook");
        return new OwnGateway(inFolder(folder).sendingTo(inbox, WEBHOOK_SECRET), port);
    }

    /** One that sends no messages, beside a server that is started at this port. */
    public static OwnGateway besideServerAt(int port, Path folder) throws IOException {
        return new OwnGateway(inFolder(folder), port);
    }

    private static SimulatorOptions inFolder(Path folder) {
        return SimulatorOptions.defaults().onPort(0).in(folder).acceptingOnly(SECRET_KEY);
    }

    /** What it really did. */
    public record Effect(String orderId, String kind, long amount) {
        @Override
        public String toString() {
            return kind + " " + amount;
        }
    }

    /** What a server has to be started with to take this for Stripe. */
    List<String> options() {
        return List.of(
                "--server.port=" + serverPort,
                "--kontor.payments.stripe.webhook-secrets=" + WEBHOOK_SECRET,
                "--kontor.payments.stripe.secret-key=" + SECRET_KEY,
                "--kontor.payments.stripe.api-base=" + simulator.address());
    }

    /** And for Adyen. */
    public List<String> optionsOfAdyen() {
        return List.of(
                "--kontor.payments.adyen.api-key=" + SECRET_KEY,
                "--kontor.payments.adyen.api-base=" + simulator.address() + "/adyen",
                "--kontor.payments.adyen.merchant-account=" + TestGateway.ADYEN_ACCOUNT,
                "--kontor.payments.adyen.hmac-keys=" + TestGateway.ADYEN_HMAC_KEY);
    }

    /** In the order in which it was done. */
    public List<Effect> effects() {
        var book = new JsonMapper()
                .readTree(
                        send(HttpRequest.newBuilder(address("/_book")).build()).body());
        return book.get("effects")
                .valueStream()
                .map(effect -> new Effect(
                        effect.at("/metadata/kontor_order").asString(""),
                        effect.get("kind").asString(),
                        effect.get("amount").asLong()))
                .toList();
    }

    /** What it would send along with a message. */
    public static String signatureOf(String body) {
        try {
            return Webhook.Signature.generateSignatureHeader(
                    body, WEBHOOK_SECRET, Instant.now().getEpochSecond());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Arms a fault, as the simulator's page does. */
    public void fault(String json) {
        var answer = send(HttpRequest.newBuilder(address("/_faults"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    }

    public void clearFaults() {
        send(HttpRequest.newBuilder(address("/_faults")).DELETE().build());
    }

    /** The buyer confirms a payment on the 3-D Secure page, and never comes back to the shop. */
    public void confirm(String page) {
        send(HttpRequest.newBuilder(URI.create(page))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("outcome=complete"))
                .build());
    }

    private URI address(String path) {
        return simulator.address().resolve(path);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        simulator.close();
        http.close();
    }
}
