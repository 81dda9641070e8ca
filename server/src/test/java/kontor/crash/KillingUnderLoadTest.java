package kontor.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    @BeforeEach
    void aNewShop() throws Exception {
        Folders.delete(FOLDER);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
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

        assertThat(shop.lost()).as("acknowledged and not there, seed %d", seed).isEmpty();
        assertThat(shop.ordersOnServer()).as("orders for keys, seed %d", seed).isEqualTo(shop.keysSent());
        server.stop();
        assertThat(server.run(List.of("audit"))).as("audit, seed %d", seed).isZero();
    }
}
