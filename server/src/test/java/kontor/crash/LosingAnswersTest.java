package kontor.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import kontor.Torture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One in ten of a gateway's answers is lost after it took the money: the server finds out about every one of them. */
class LosingAnswersTest {
    private static final Path FOLDER = Path.of("target", "lost-answers");
    private static final int AT_ONCE = 32;
    /** In milliseconds, when a run is judged by the clock. */
    private static final long MOST_KNOWN_WITHIN = 30_000;

    private static final long ALL_KNOWN_WITHIN = 300_000;

    private final ServerProcess server = new ServerProcess(FOLDER.resolve("data"), FOLDER.resolve("server.log"));
    private final GatewayProcess gateway = new GatewayProcess(FOLDER.resolve("gateway"), FOLDER.resolve("gateway.log"));
    private final CrashShop shop = new CrashShop(server, FOLDER.resolve("journal"), 1);

    @BeforeEach
    void aNewShop() throws Exception {
        Folders.delete(FOLDER);
        gateway.start(server.address("/gateways/stripe/webhook"));
        gateway.settings().forEach(server::with);
        server.start();
        shop.open();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        gateway.stop();
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void leavesTheBookOfTheGatewayAndOursTheSame() throws Exception {
        // Messages come too late to help: the server has to find out by itself.
        gateway.fault("{\"kind\": \"webhook_late\", \"ms\": 3600000, \"count\": 1000000}");
        gateway.fault(
                "{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"create\", \"probability\": 0.1, \"seed\": "
                        + Torture.payments() + "}");
        var free = new Semaphore(AT_ONCE);
        var unknown = new ArrayList<Long>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var buyers = new ArrayList<Callable<Long>>();
            for (var n = 0; n < Torture.payments(); n++) buyers.add(() -> pay(free));
            for (var result : threads.invokeAll(buyers)) if (result.get() >= 0) unknown.add(result.get());
        }
        unknown.sort(null);
        assertThat(unknown).as("answers that were lost").hasSizeGreaterThan(Torture.payments() / 20);
        var kept = shop.keptByCard();
        assertThat(kept).hasSize(Torture.payments());
        assertThat(gateway.kept()).isEqualTo(kept);
        Torture.report(
                "%d payments, %d answers lost: the gateway's book is ours; unknown for %d ms (median), %d ms (p95), %d ms (most)"
                        .formatted(
                                Torture.payments(),
                                unknown.size(),
                                unknown.get(unknown.size() / 2),
                                unknown.get(unknown.size() * 95 / 100),
                                unknown.getLast()));
        if (Torture.judgesTimes()) {
            assertThat(unknown.get(unknown.size() * 95 / 100))
                    .as("unknown for, p95, in ms")
                    .isLessThanOrEqualTo(MOST_KNOWN_WITHIN);
            assertThat(unknown.getLast()).as("unknown for, at most, in ms").isLessThanOrEqualTo(ALL_KNOWN_WITHIN);
        }
        server.stop();
        assertThat(server.run(List.of("audit"))).as("audit").isZero();
    }

    /** @return for how many milliseconds nobody knew; -1 when the answer came at once */
    private long pay(Semaphore free) throws Exception {
        free.acquire();
        String order;
        try {
            var placed = shop.orderByCard(UUID.randomUUID().toString());
            order = placed.at("/id").asString();
            if (placed.at("/status").asString().equals("confirmed")) return -1;
        } finally {
            free.release();
        }
        var since = System.nanoTime();
        while (!shop.get("/orders/" + order).at("/status").asString().equals("confirmed"))
            TimeUnit.MILLISECONDS.sleep(200);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }
}
