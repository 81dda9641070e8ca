package kontor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import tools.jackson.databind.json.JsonMapper;

/** A payment simulator for one test, whose book holds nothing of others. It sends no messages. */
public final class OwnGateway implements AutoCloseable {
    private static final String SECRET_KEY = "sk_test_of_a_test_of_its_own";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Simulator simulator;

    /** @param folder where it keeps its book */
    public OwnGateway(Path folder) throws IOException {
        simulator =
                Simulator.start(SimulatorOptions.defaults().onPort(0).in(folder).acceptingOnly(SECRET_KEY));
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
