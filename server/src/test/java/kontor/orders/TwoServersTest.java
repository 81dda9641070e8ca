package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.audit.Audits;
import kontor.database.OpenTransactions;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one database, asked the same things at the same time while the gateway's answers get lost. */
class TwoServersTest {
    private static final int ORDERS = 20;
    private static final int WANTED = 100;
    private static final long SEED = 20_261_128;
    private static final String PATIENT = "--kontor.payments.stripe.timeout=10s";

    /** How long some of the gateway's answers take; a transaction that is open meanwhile would be seen for as long. */
    private static final Duration GATEWAY_HANGS = Duration.ofSeconds(2);

    private static final Duration MAY_BE_IDLE = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    /** What staff want under a key. */
    private record Wanted(String path, String body, String key) {}

    @Test
    void moveTheMoneyOfTheSamePaymentsOnceWhicheverIsAsked() throws Exception {
        var settings = TestDatabase.another("two_servers");
        try (var gateway = new OwnGateway(folder);
                var one = new OwnServer(settings, gateway, folder.resolve("one"), PATIENT);
                var other = new OwnServer(settings, gateway, folder.resolve("other"), PATIENT);
                var transactions = new OpenTransactions("two_servers", MAY_BE_IDLE)) {
            one.sell("MUG", 255);
            var wanted = wanted(one);
            for (var operation : List.of("capture", "refund", "cancel"))
                gateway.fault("""
                        {"kind": "hang", "when": "before", "operation": "%s", "ms": %d, "count": 4}
                        """.formatted(operation, GATEWAY_HANGS.toMillis()));
            for (var operation : List.of("capture", "refund", "cancel")) gateway.fault("""
                        {"kind": "drop", "when": "after", "operation": "%s", "probability": 0.2, "seed": %d}
                        """.formatted(operation, SEED));
            var answers = askBoth(List.of(one, other), one.token(), wanted);
            gateway.clearFaults();
            settleAll(one);

            assertThat(answers.values()).allSatisfy(both -> {
                assertThat(both)
                        .hasSize(2)
                        .allMatch(each -> List.of(200, 201, 202, 402, 409, 422).contains(each.status()));
                var done = both.stream().filter(TwoServersTest::isFinal).map(Api.Answer::text);
                assertThat(done.distinct().count()).isLessThanOrEqualTo(1);
            });
            assertThat(answers.values().stream().flatMap(List::stream).map(Api.Answer::status))
                    .contains(200, 201, 409);
            assertThat(keptHere(one)).isEqualTo(keptAt(gateway));
            assertThat(keptHere(one).values()).allSatisfy(kept -> {
                assertThat(kept.captured()).isBetween(0L, 510L);
                assertThat(kept.refunded()).isBetween(0L, kept.captured());
                assertThat(kept.voided()).isIn(0L, 510L - kept.captured());
            });
            assertThat(one.bean(Audits.class).report().broken()).isEmpty();
            assertThat(transactions.seen())
                    .as("transactions that were open while the gateway was asked")
                    .isEmpty();

            // Whoever was told so before is told the same by the other server, and nothing moves again.
            var effects = gateway.effects();
            for (var each : wanted)
                for (var first : answers.getOrDefault(each.key(), List.of()))
                    if (isFinal(first))
                        assertThat(ask(other.as(one.token()), each).text()).isEqualTo(first.text());
            assertThat(gateway.effects()).isEqualTo(effects);
        }
    }

    @Test
    void aTransactionThatIsOpenAndWaitsWouldBeSeen() throws Exception {
        TestDatabase.another("an_open_transaction");
        try (var transactions = new OpenTransactions("an_open_transaction", Duration.ofMillis(200));
                var connection = TestDatabase.superuserOf("an_open_transaction").getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT 1");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> transactions.seen().stream().anyMatch(each -> each.endsWith("after: SELECT 1")));
            connection.rollback();
        }
    }

    private static boolean isFinal(Api.Answer answer) {
        return answer.status() == 200 || answer.status() == 201 || answer.status() == 402;
    }

    /** Captures, refunds and voids of orders of 5.10, of which half are paid and of half the money is only held. */
    private static List<Wanted> wanted(OwnServer server) {
        var random = new Random(SEED);
        var orders = new ArrayList<String>();
        for (var n = 0; n < ORDERS; n++) {
            var placed = server.staff()
                    .post("/orders", """
                            {"currency": "GBP", "lines": [{"sku": "MUG", "quantity": 2}],
                             "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "capture": "%s"}}
                            """.formatted(n % 2 == 0 ? "later" : "at_once"), "Idempotency-Key", "order-" + n);
            assertThat(placed.status()).as(placed.text()).isEqualTo(201);
            orders.add(placed.at("/id"));
        }
        var wanted = new ArrayList<Wanted>();
        for (var n = 0; n < WANTED; n++) {
            var held = random.nextBoolean();
            var path = "/orders/" + orders.get(2 * random.nextInt(ORDERS / 2) + (held ? 0 : 1));
            var amount = "{\"amount\": {\"amount\": %d, \"currency\": \"GBP\"}%s}";
            var key = UUID.randomUUID().toString();
            var refund = new Wanted(
                    path + "/refunds", amount.formatted(50 + random.nextInt(300), ", \"reason\": \"other\""), key);
            wanted.add(
                    !held
                            ? refund
                            : switch (random.nextInt(4)) {
                                case 0 -> new Wanted(path + "/cancel", "{}", key);
                                case 1 -> refund;
                                default ->
                                    new Wanted(path + "/capture", amount.formatted(50 + random.nextInt(400), ""), key);
                            });
        }
        return wanted;
    }

    private static Map<String, List<Api.Answer>> askBoth(List<OwnServer> servers, String token, List<Wanted> wanted)
            throws Exception {
        var answers = new ConcurrentHashMap<String, List<Api.Answer>>();
        var calls = new ArrayList<Callable<Boolean>>();
        for (var each : wanted) {
            answers.put(each.key(), Collections.synchronizedList(new ArrayList<>()));
            for (var server : servers) calls.add(() -> answers.get(each.key()).add(ask(server.as(token), each)));
        }
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (var done : threads.invokeAll(calls)) done.get();
        }
        return answers;
    }

    private static Api.Answer ask(Api staff, Wanted wanted) {
        return staff.post(wanted.path(), wanted.body(), "Idempotency-Key", wanted.key());
    }

    /** Lets the servers ask at once about everything whose answer got lost. */
    private static void settleAll(OwnServer server) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            server.database()
                    .sql("UPDATE payments.operations SET next_attempt_at = now() WHERE state = 'unknown'")
                    .update();
            return server.database()
                            .sql("SELECT count(*) FROM payments.operations WHERE state IN ('intent', 'unknown')")
                            .query(Long.class)
                            .single()
                    == 0;
        });
    }

    /** What became of an order's 5.10, in pence. */
    private record Kept(long captured, long refunded, long voided) {}

    private static Map<String, Kept> keptHere(OwnServer server) {
        var kept = new TreeMap<String, Kept>();
        server.database()
                .sql("SELECT order_id, captured, refunded, status, amount FROM payments.payments")
                .query(row -> {
                    var captured = row.getLong("captured");
                    var voided = row.getString("status").equals("voided") ? row.getLong("amount") : 0;
                    kept.put(row.getString("order_id"), new Kept(captured, row.getLong("refunded"), voided));
                });
        return kept;
    }

    private static Map<String, Kept> keptAt(OwnGateway gateway) {
        var kept = new TreeMap<String, Kept>();
        for (var effect : gateway.effects()) {
            var before = kept.getOrDefault(effect.orderId(), new Kept(0, 0, 0));
            kept.put(
                    effect.orderId(),
                    switch (effect.kind()) {
                        case "captured" ->
                            new Kept(before.captured() + effect.amount(), before.refunded(), before.voided());
                        case "refunded" ->
                            new Kept(before.captured(), before.refunded() + effect.amount(), before.voided());
                        case "voided" ->
                            new Kept(before.captured(), before.refunded(), before.voided() + effect.amount());
                        default -> before;
                    });
        }
        return kept;
    }
}
