package kontor.crash;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/**
 * The server and its PostgreSQL are killed again and again while buyers order. The buyers keep a journal of their own, on
 * disk before they send and when they are answered; it, and not the server, says afterwards what must be there.
 */
class KillingUnderLoadTest {
    private static final int KILLS = 25;
    private static final int BUYERS = 12;
    private static final Path FOLDER = Path.of("target", "crash");

    private final long seed = RandomGenerator.getDefault().nextLong();
    private final ServerProcess server = new ServerProcess(FOLDER.resolve("data"), FOLDER.resolve("server.log"));

    private @Nullable Simulator gateway;

    @BeforeEach
    void aNewShop() throws Exception {
        Folders.delete(FOLDER);
        gateway = Simulator.start(SimulatorOptions.defaults()
                .onPort(0)
                .in(FOLDER.resolve("gateway"))
                .acceptingOnly("sk_test_of_the_crash_test")
                .sendingTo(server.address("/gateways/stripe/webhook"), "whsec_of_the_crash_test"));
        server.with("--kontor.payments.stripe.api-base=" + gateway.address());
        server.with("--kontor.payments.stripe.secret-key=sk_test_of_the_crash_test");
        server.with("--kontor.payments.stripe.webhook-secrets=whsec_of_the_crash_test");
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        if (gateway != null) gateway.close();
    }

    @Test
    @Timeout(value = 12, unit = TimeUnit.MINUTES)
    void noAcknowledgedOrderIsLostAndNoneIsDoubled() throws Exception {
        System.err.println("seed " + seed);
        var random = new java.util.Random(seed);
        var shop = new CrashShop(server, FOLDER.resolve("journal"), BUYERS);
        shop.open();
        for (var kill = 1; kill <= KILLS; kill++) {
            try (var load = shop.orderUntilStopped()) {
                load.waitForAcknowledged(20);
                TimeUnit.MILLISECONDS.sleep(
                        random.nextInt(400)); // any moment will do; this is no waiting for something
                if (random.nextInt(3) == 0) server.killDatabase();
                else server.kill();
            }
            server.startAgain();
        }
        shop.sendUnansweredAgain();
        shop.awaitSettled();

        assertThat(shop.lost()).as("acknowledged and not there, seed %d", seed).isEmpty();
        assertThat(shop.ordersOnServer()).as("orders for keys, seed %d", seed).isEqualTo(shop.keysSent());
        var paid = shop.paidByCard();
        assertThat(paid).as("orders paid by card, seed %d", seed).hasSizeGreaterThan(KILLS);
        assertThat(taken()).as("what the gateway took, seed %d", seed).isEqualTo(paid);
        server.stop();
        assertThat(server.run(List.of("audit"))).as("audit, seed %d", seed).isZero();
    }

    /** What the gateway has really taken, by order, in pence: more than once counts as more. */
    private Map<String, Long> taken() throws Exception {
        var book = new JsonMapper()
                .readTree(HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(requireNonNull(gateway)
                                                .address()
                                                .resolve("/_book"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body());
        var taken = new HashMap<String, Long>();
        for (var effect : book.get("effects"))
            if (effect.get("kind").asString().equals("captured"))
                taken.merge(
                        effect.at("/metadata/kontor_order").asString(),
                        effect.get("amount").asLong(),
                        Long::sum);
        return taken;
    }
}
