package kontor.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import kontor.Torture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The process of the server really ends at the places where {@code CrashPointsTest} cuts it off: at some of them in every
 * run of the suite, at all of them in {@code ./kontor torture}. What it does on its own meanwhile passes such places, too,
 * so the same number is not always the same place; whichever it is, everything has to have happened once.
 */
class HaltingAtCrashPointsTest {
    private static final Path FOLDER = Path.of("target", "crash-points");
    private static final int MOST_PLACES = 60;

    private final ServerProcess server = new ServerProcess(FOLDER.resolve("data"), FOLDER.resolve("server.log"))
            .startedOften()
            .halting(FOLDER.resolve("armed"));
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

    /** A request that moves money, of an order placed before or placing it, and what the gateway must have kept in the end. */
    private enum Flow {
        PLACE_BY_CARD("", "/orders", shopping("pm_card_visa", "at_once"), 302),
        CAPTURE(shopping("pm_card_visa", "later"), "/capture", "{}", 302),
        REFUND(
                shopping("pm_card_visa", "at_once"),
                "/refunds",
                "{\"amount\": {\"amount\": 100, \"currency\": \"GBP\"}, \"reason\": \"other\"}",
                202),
        CANCEL_A_HOLD(shopping("pm_card_visa", "later"), "/cancel", "{}", 0),
        PAY_AN_INVOICE(
                shopping("", ""),
                "/payments",
                "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\"}",
                302);

        final String before;
        final String path;
        final String body;
        final long kept;

        Flow(String before, String path, String body, long kept) {
            this.before = before;
            this.path = path;
            this.body = body;
            this.kept = kept;
        }

        /** An A0 and two A1: 302 pence. */
        private static String shopping(String card, String capture) {
            return """
                    {"currency": "GBP", "lines": [{"sku": "A0", "quantity": 1}, {"sku": "A1", "quantity": 2}],
                     "payment": %s}
                    """.formatted(
                            card.isEmpty()
                                    ? "{\"method\": \"invoice\"}"
                                    : "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"%s\", \"capture\": \"%s\"}"
                                            .formatted(card, capture));
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void everythingHappensOnceWhereverTheProcessEnds() throws Exception {
        var halts = 0;
        var flows = Torture.everyPoint() ? List.of(Flow.values()) : List.of(Flow.PLACE_BY_CARD, Flow.REFUND);
        for (var flow : flows) {
            var step = Torture.everyPoint() ? 1 : 4;
            for (var place = 1; place < MOST_PLACES && walk(flow, place); place += step) halts++;
        }
        Torture.report("%d processes ended at crash points, everything happened once".formatted(halts));
        assertThat(halts).isGreaterThan(flows.size());
        server.stop();
        assertThat(server.run(List.of("audit"))).as("audit").isZero();
    }

    /** @return whether the flow got as far as this place */
    private boolean walk(Flow flow, int place) throws Exception {
        var path = flow.path;
        if (!flow.before.isEmpty()) path = "/orders/" + placed(flow.before) + flow.path;
        var key = UUID.randomUUID().toString();
        if (!server.haltAt(place)) throw new AssertionError("it has ended before it was told to");
        var first = sent(path, flow.body, key);
        // What the server does on its own may have come to the place after its answer.
        var halted = first == 0 || !server.haltAt(Integer.MAX_VALUE);
        if (halted) {
            server.kill(); // which it has done itself, or is about to
            server.startAgain();
        }
        var wanted = path;
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    var status = sent(wanted, flow.body, key);
                    return status == 200 || status == 201;
                });
        var order = flow.before.isEmpty()
                ? shop.post(wanted, flow.body, key).at("/id").asString()
                : wanted.split("/", -1)[2];
        assertThat(gateway.kept().getOrDefault(order, 0L))
                .as("%s, ended at place %d: what the gateway has of order %s", flow, place, order)
                .isEqualTo(flow.kept);
        return first == 0;
    }

    private String placed(String body) throws Exception {
        return shop.post("/orders", body, UUID.randomUUID().toString())
                .at("/id")
                .asString();
    }

    /** @return the status; 0 when the server was not there to answer */
    private int sent(String path, String body, String key) throws InterruptedException {
        try {
            return shop.send(path, body, Map.of("Idempotency-Key", key)).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
