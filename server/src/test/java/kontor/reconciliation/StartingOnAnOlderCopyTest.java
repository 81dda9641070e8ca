package kontor.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.audit.Audits;
import kontor.database.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A shop goes on selling after its database was copied, loses it, and starts on the copy: the gateway remembers what the
 * copy has never heard of.
 */
class StartingOnAnOlderCopyTest {
    private static final String VISA = "pm_card_visa";
    private static final String THREE_D_SECURE = "pm_card_threeDSecure2Required";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private OwnGateway gateway;
    private @Nullable OwnServer server;

    @BeforeEach
    void aGateway() throws IOException {
        gateway = new OwnGateway(folder);
    }

    @AfterEach
    void stop() throws IOException {
        stopServer();
        gateway.close();
    }

    @Test
    void movesNoMoneyUntilTheBooksWereReadAndNeverTheSameTwice() {
        var settings = TestDatabase.another("before_the_loss");
        start(settings);
        server().sell("MUG", 255);
        var sold = order(VISA, "at_once");
        refund(sold, 100);
        var held = order(VISA, "later");
        var inParts = order(VISA, "later");
        capture(inParts, 200);
        var givenUp = order(VISA, "later");
        var waiting = order(THREE_D_SECURE, "at_once");
        var holding = order(THREE_D_SECURE, "later");
        var waitingAtAdyen = orderAtAdyen();
        // Of one refund nobody knows whether it was carried out, and another has not been.
        var unknown = order(VISA, "at_once");
        var unsent = order(VISA, "at_once");
        gateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 1000}");
        gateway.fault("{\"kind\": \"drop\", \"when\": \"after\", \"operation\": \"refund\"}");
        assertThat(refund(unknown, 150).status()).isEqualTo(202);
        gateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"refund\"}");
        assertThat(refund(unsent, 120).status()).isEqualTo(202);
        stopServer();

        var copy = TestDatabase.copy("before_the_loss", "older_copy");
        gateway.clearFaults();
        start(settings);
        eventually(unknown, "partially_refunded");
        eventually(unsent, "partially_refunded");
        assertThat(refund(sold, 200).status()).isEqualTo(201);
        assertThat(capture(held, 510).status()).isEqualTo(200);
        assertThat(capture(inParts, 310).status()).isEqualTo(200);
        assertThat(post(givenUp, "/cancel", "{}").status()).isEqualTo(200);
        var lost = order(VISA, "at_once");
        refund(lost, 60);
        order(VISA, "later");
        order("pm_card_chargeDeclined", "at_once");
        gateway.confirm(waiting.at("/payments/0/action"));
        gateway.confirm(holding.at("/payments/0/action"));
        gateway.confirm(waitingAtAdyen.at("/payments/0/action"));
        var usedUp = ids();
        var moved = effects();
        var movedButVoids = effectsButVoids();
        assertThat(moved).containsOnlyOnce("refunded 150", "refunded 120");
        stopServer();

        gateway.fault("{\"kind\": \"error\", \"when\": \"before\", \"operation\": \"balance\", \"count\": 100000}");
        expireWaiting();
        start(copy, "--kontor.reconcile-first=true", "--kontor.orders.expiry-interval=100ms");
        var inCopy = ids();
        for (var refused : List.of(
                order(VISA, "at_once"),
                refund(sold, 410),
                capture(held, 510),
                capture(inParts, 310),
                post(givenUp, "/cancel", "{}"))) {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.at("/code")).isEqualTo("reconciling");
        }
        assertThat(read(sold).at("/payment_status")).isEqualTo("partially_refunded");
        assertThat(read(held).at("/payment_status")).isEqualTo("authorized");
        assertThat(staff().get("/products").status()).isEqualTo(200);
        // What was asked before the copy was made is asked about, and found.
        eventually(unknown, "partially_refunded");
        eventually(unsent, "partially_refunded");
        assertThat(server().readiness()).isEqualTo(503);
        assertThat(effects()).isEqualTo(moved);

        gateway.clearFaults();
        await().atMost(PATIENCE).until(() -> server().readiness() == 200);
        assertThat(breaks())
                .containsExactlyInAnyOrder(
                        "missing_here -200",
                        "missing_here 510",
                        "missing_here 310",
                        "missing_here 510",
                        "missing_here -60");
        assertThat(workItems()).isEqualTo(breaks().size());
        assertThat(staff().get("/reconciliation").text())
                .contains("\"difference\":{\"amount\":0,\"currency\":\"GBP\"}");
        assertThat(effectsButVoids()).isEqualTo(movedButVoids);

        // Both buyers have confirmed, whatever the copy says: found out before anything is called off.
        eventually(waiting, "paid");
        eventually(holding, "authorized");
        assertThat(read(holding).at("/status")).isEqualTo("confirmed");
        // So has one at a gateway that cannot be asked: staff have to find out, and meanwhile it is not called off.
        assertThat(read(waitingAtAdyen).at("/status")).isEqualTo("pending_payment");
        assertThat(staff().get("/work-items?kind=unexpected_state&order_id=" + waitingAtAdyen.at("/id"))
                        .json()
                        .get("items")
                        .size())
                .isEqualTo(1);
        assertThat(server().database()
                        .sql("SELECT kind FROM payments.operations WHERE order_id = ?::bigint")
                        .params(waitingAtAdyen.at("/id"))
                        .query(String.class)
                        .list())
                .containsExactly("authorize");
        // Taken there already: nothing is taken a second time, and what was missing here is not missing any more.
        assertThat(capture(held, 510).at("/payment_status")).isEqualTo("paid");
        assertThat(capture(inParts, 310).at("/payment_status")).isEqualTo("paid");
        assertThat(capture(givenUp, 510).status()).isEqualTo(402);
        // More than is left there cannot go back.
        assertThat(refund(sold, 410).status()).isIn(202, 402);
        assertThat(effectsButVoids()).isEqualTo(movedButVoids);
        staff().post("/reconciliation/runs", "{}");
        assertThat(breaks()).containsExactlyInAnyOrder("missing_here -200", "missing_here 510", "missing_here -60");

        var sale = order(VISA, "at_once");
        assertThat(sale.at("/payment_status")).isEqualTo("paid");
        assertThat(refund(sale, 70).status()).isEqualTo(201);
        var given = ids();
        given.removeAll(inCopy);
        assertThat(given).isNotEmpty().doesNotContainAnyElementsOf(usedUp);
        assertThat(server().bean(Audits.class).report().broken()).isEmpty();
    }

    private void start(Map<String, String> settings, String... more) {
        var options = Stream.concat(gateway.optionsOfAdyen().stream(), Stream.of(more));
        server = new OwnServer(settings, gateway, folder.resolve("shop"), options.toArray(String[]::new));
    }

    private OwnServer server() {
        if (server == null) throw new IllegalStateException("it is not running");
        return server;
    }

    private Api staff() {
        return server().staff();
    }

    private void stopServer() {
        if (server != null) server.close();
        server = null;
    }

    private Api.Answer order(String card, String capture) {
        return order("stripe", card, capture);
    }

    /** Which its buyer has yet to confirm. */
    private Api.Answer orderAtAdyen() {
        return order("adyen", "test_card_3ds", "at_once");
    }

    /** Of two articles, 5.10 in all. */
    private Api.Answer order(String at, String card, String capture) {
        return staff().post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "MUG", "quantity": 2}],
                         "payment": {"method": "card", "gateway": "%s", "token": "%s", "capture": "%s",
                                     "return_url": "https://shop.example/back"}}
                        """.formatted(at, card, capture), "Idempotency-Key", key());
    }

    private Api.Answer refund(Api.Answer order, long amount) {
        return post(order, "/refunds", Map.of("amount", gbp(amount), "reason", "other"));
    }

    private Api.Answer capture(Api.Answer order, long amount) {
        return post(order, "/capture", Map.of("amount", gbp(amount)));
    }

    private Api.Answer post(Api.Answer order, String path, Object body) {
        return staff().post("/orders/" + order.at("/id") + path, body, "Idempotency-Key", key());
    }

    private Api.Answer read(Api.Answer order) {
        return staff().get("/orders/" + order.at("/id"));
    }

    private static Map<String, Object> gbp(long amount) {
        return Map.of("amount", amount, "currency", "GBP");
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private void eventually(Api.Answer order, String paymentStatus) {
        await().atMost(PATIENCE).until(() -> read(order).at("/payment_status").equals(paymentStatus));
    }

    /** As if the buyers who have yet to confirm their payments had not come back in time. */
    private static void expireWaiting() {
        JdbcClient.create(TestDatabase.superuserOf("older_copy"))
                .sql("UPDATE inventory.holds SET expires_at = now() - interval '1 hour' WHERE state = 'held'")
                .update();
    }

    /** The ids of orders, refunds and operations. */
    private Set<Long> ids() {
        return new HashSet<>(server().database().sql("""
                        SELECT id FROM orders.orders UNION SELECT id FROM orders.refunds UNION SELECT id FROM payments.operations
                        """).query(Long.class).list());
    }

    private List<String> breaks() {
        return server().database()
                .sql("SELECT kind || ' ' || amount FROM reconciliation.breaks WHERE resolved_at IS NULL ORDER BY id")
                .query(String.class)
                .list();
    }

    private int workItems() {
        return staff().get("/work-items?kind=break&limit=100")
                .json()
                .get("items")
                .size();
    }

    /** What the gateway really did, as {@code kind amount}, in order. */
    private List<String> effects() {
        return gateway.effects().stream().map(OwnGateway.Effect::toString).toList();
    }

    private List<String> effectsButVoids() {
        return effects().stream().filter(effect -> !effect.startsWith("voided")).toList();
    }
}
