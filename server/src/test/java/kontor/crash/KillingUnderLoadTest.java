package kontor.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import kontor.Torture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The server is killed again and again, one time in three together with its PostgreSQL, while orders are placed, and money
 * is taken and given back. The clients keep a journal of their own, on disk before they send and when they are answered; the gateway, a process of its
 * own, keeps its book. These, and not the server, say afterwards what must be there.
 */
class KillingUnderLoadTest {
    private static final int BUYERS = 12;
    /** In milliseconds, when a run is judged by the clock. */
    private static final long READY_AGAIN_WITHIN = 10_000;

    private static final Path FOLDER = Path.of("target", "crash");

    private final long seed = RandomGenerator.getDefault().nextLong();
    private final ServerProcess server =
            new ServerProcess(FOLDER.resolve("data"), FOLDER.resolve("server.log")).startedOften();

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
        var random = new Random(seed);
        var shop = new CrashShop(server, FOLDER.resolve("journal"), BUYERS);
        shop.open();
        var recoveries = new ArrayList<Long>();
        var withDatabase = 0;
        for (var kill = 1; kill <= Torture.cycles(); kill++) {
            try (var load = shop.orderUntilStopped()) {
                load.waitForAcknowledged(20);
                anyMoment(random);
                if (kill % 3 == 0) {
                    server.killDatabase();
                    withDatabase++;
                    if (random.nextBoolean()) anyMoment(random); // a server that has noticed dies, too
                }
                server.kill();
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
        Torture.report(
                "%d kills of the server under load, %d of them with its PostgreSQL: %s, none lost, none doubled; ready again in %d ms (median), %d ms (most)"
                        .formatted(
                                recoveries.size(),
                                withDatabase,
                                shop.acknowledged(),
                                recoveries.get(recoveries.size() / 2),
                                recoveries.getLast()));
        if (Torture.judgesTimes())
            assertThat(recoveries.getLast()).as("ready again, in ms").isLessThanOrEqualTo(READY_AGAIN_WITHIN);
        server.stop();
        assertThat(server.run(List.of("audit"))).as("audit, seed %d", seed).isZero();
    }

    /** Which one makes no difference: this waits for nothing. */
    private static void anyMoment(Random random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
    }
}
