package kontor.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import kontor.Torture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The server and its PostgreSQL are killed again and again while orders are placed, and money is taken and given back. The
 * clients keep a journal of their own, on disk before they send and when they are answered; the gateway, a process of its
 * own, keeps its book. These, and not the server, say afterwards what must be there.
 */
class KillingUnderLoadTest {
    private static final int BUYERS = 12;
    private static final Path FOLDER = Path.of("target", "crash");

    private final long seed = RandomGenerator.getDefault().nextLong();
    private final ServerProcess server = new ServerProcess(FOLDER.resolve("data"), FOLDER.resolve("server.log"));

    private final GatewayProcess gateway = new GatewayProcess(FOLDER.resolve("gateway"), FOLDER.resolve("gateway.log"));

    @BeforeEach
    void aNewShop() throws Exception {
        Folders.delete(FOLDER);
        gateway.start(server.address("/gateways/stripe/webhook"));
        gateway.settings().forEach(server::with);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        gateway.stop();
    }

    @Test
    @Timeout(value = 90, unit = TimeUnit.MINUTES)
    void nothingAcknowledgedIsLostAndNothingIsDoubled() throws Exception {
        System.err.println("seed " + seed);
        var random = new java.util.Random(seed);
        var shop = new CrashShop(server, FOLDER.resolve("journal"), BUYERS);
        shop.open();
        var recoveries = new ArrayList<Long>();
        for (var kill = 1; kill <= Torture.cycles(); kill++) {
            try (var load = shop.orderUntilStopped()) {
                load.waitForAcknowledged(20);
                TimeUnit.MILLISECONDS.sleep(
                        random.nextInt(400)); // any moment will do; this is no waiting for something
                if (random.nextInt(3) == 0) server.killDatabase();
                else server.kill();
                var since = System.nanoTime();
                server.startAgain(); // while buyers go on
                recoveries.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
            }
        }
        shop.sendUnansweredAgain();
        shop.awaitSettled();

        assertThat(shop.lost()).as("acknowledged and not there, seed %d", seed).isEmpty();
        assertThat(shop.ordersOnServer()).as("orders for keys, seed %d", seed).isEqualTo(shop.ordersSent());
        var kept = shop.keptByCard();
        assertThat(kept).as("orders paid by card, seed %d", seed).hasSizeGreaterThan(Torture.cycles());
        assertThat(gateway.kept())
                .as("what the gateway took and did not give back, seed %d", seed)
                .isEqualTo(kept);
        Collections.sort(recoveries);
        Torture.report("%d kills under load: %s, none lost, none doubled; ready again in %d ms (median), %d ms (most)"
                .formatted(
                        recoveries.size(),
                        shop.acknowledged(),
                        recoveries.get(recoveries.size() / 2),
                        recoveries.getLast()));
        server.stop();
        assertThat(server.run(List.of("audit"))).as("audit, seed %d", seed).isZero();
    }
}
