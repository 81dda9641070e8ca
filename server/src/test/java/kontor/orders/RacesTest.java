package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static kontor.orders.MoneyTester.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.Torture;
import kontor.audit.Audits;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Of many who want the same money at the same time one gets it, and the gateway's book is ours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RacesTest {
    private static final int ROUNDS = 30;

    private OwnGateway gateway;
    private OwnServer server;
    private Races races;

    @BeforeAll
    void aShopOfItsOwn(@TempDir Path folder) throws IOException {
        var settings = TestDatabase.another("races");
        gateway = OwnGateway.telling(folder);
        server = new OwnServer(settings, gateway, folder.resolve("server"), "--kontor.audit.fresh-for=0s");
        server.sell("MUG", 255);
        races = new Races(server, gateway);
    }

    @AfterAll
    void close() throws IOException {
        server.close();
        gateway.close();
    }

    @AfterEach
    void everyInvariantHolds() {
        assertThat(server.bean(Audits.class).report().broken()).isEmpty();
    }

    @Test
    void twentyAtOnceTakeItOnce() throws Exception {
        assertThat(races.captureByTwenty()).isEmpty();
    }

    @Test
    void fiftyAtOnceGiveItBackOnce() throws Exception {
        assertThat(races.refundByFifty()).isEmpty();
    }

    @Test
    void ofTakingAndCallingOffOneWins() throws Exception {
        for (var round = 0; round < 5; round++)
            assertThat(races.voidAgainstCapture()).isEmpty();
    }

    @Test
    void anOrderThatExpiresWhileItsBuyerConfirmsIsEitherPaidOrKeepsNothing() throws Exception {
        var random = new Random(ROUNDS);
        var paid = 0;
        for (var round = 0; round < ROUNDS; round++) {
            var order = server.staff().post("/orders", """
                            {"currency": "GBP", "lines": [{"sku": "MUG", "quantity": 2}],
                             "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_threeDSecure2Required",
                                         "return_url": "https://shop.example/back"}}
                            """, "Idempotency-Key", key());
            assertThat(order.status()).as(order.text()).isEqualTo(202);
            owner().sql(
                            "UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = ?::bigint")
                    .param(order.at("/id"))
                    .update();
            var confirmation = (Callable<Object>) () -> {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(60)); // now before the expiry, now after it
                gateway.confirm(order.at("/payments/0/action"));
                return order;
            };
            var expiry = Executors.callable(() -> server.bean(Cancelling.class).cancelExpired());
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var done : threads.invokeAll(List.of(confirmation, expiry))) done.get();
            }
            if (endsPaid(order.at("/id"))) paid++;
        }
        Torture.report("of %d orders that expired while their buyers confirmed, %d were paid".formatted(ROUNDS, paid));
    }

    /** @return false when it was called off and nothing was kept */
    private boolean endsPaid(String order) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !read(order).at("/status").equals("pending_payment"));
        var paid = read(order).at("/status").equals("confirmed");
        var kept = paid ? 510L : 0L;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> keptHere(order) == kept && races.keptAtGateway(order) == kept);
        assertThat(read(order).at("/status")).isEqualTo(paid ? "confirmed" : "cancelled");
        if (paid) assertThat(read(order).at("/payment_status")).isEqualTo("paid");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(server.database()
                                .sql("""
                                SELECT count(*) FROM payments.operations
                                WHERE order_id = ?::bigint AND state IN ('intent', 'unknown', 'waiting')
                                """)
                                .param(order)
                                .query(Long.class)
                                .single())
                        .isZero());
        return paid;
    }

    @Test
    void twentyAtOnceReturnNoMoreOfALineThanWasBought() throws Exception {
        var order = place("""
                {"method": "card", "gateway": "stripe", "token": "pm_card_visa"}""", 5);
        var one = Map.of("lines", List.of(Map.of("sku", "MUG", "quantity", 1)), "reason", "returned");
        var statuses = new ArrayList<Integer>();
        // Whoever comes while another is under way is sent away, and comes again.
        for (var round = 0; round < 20 && count(statuses, 201) < 5; round++)
            statuses.addAll(post(20, "/orders/" + order + "/refunds", one));
        statuses.addAll(post(20, "/orders/" + order + "/refunds", one));
        assertThat(count(statuses, 201)).isEqualTo(5);
        assertThat(statuses).allMatch(status -> List.of(201, 409, 422).contains(status));
        assertThat(keptHere(order)).isZero();
        assertThat(races.keptAtGateway(order)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 20})
    void cardsAtOnceTakeNoMoreThanIsDue(int cards) throws Exception {
        var order = place("{\"method\": \"invoice\"}", 2);
        var statuses = post(cards, "/orders/" + order + "/payments", card(300));
        assertThat(count(statuses, 201)).isEqualTo(1);
        assertThat(statuses).allMatch(status -> List.of(201, 409, 422).contains(status));
        assertThat(races.keptAtGateway(order)).isEqualTo(300);
        assertThat(count(post(cards, "/orders/" + order + "/payments", card(210)), 201))
                .isEqualTo(1);
        assertThat(post(cards, "/orders/" + order + "/payments", card(1))).containsOnly(409);
        assertThat(races.keptAtGateway(order)).isEqualTo(510);
        assertThat(keptHere(order)).isEqualTo(510);
    }

    private static Map<String, Object> card(long amount) {
        return Map.of("method", "card", "gateway", "stripe", "token", "pm_card_visa", "amount", gbp(amount));
    }

    private String place(String payment, int quantity) {
        var order = server.staff().post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "MUG", "quantity": %d}], "payment": %s}
                        """.formatted(quantity, payment), "Idempotency-Key", key());
        assertThat(order.status()).as(order.text()).isEqualTo(201);
        return order.at("/id");
    }

    private List<Integer> post(int times, String path, Object body) throws Exception {
        Callable<Api.Answer> call = () -> server.staff().post(path, body, "Idempotency-Key", key());
        return Races.atOnce(Stream.generate(() -> call).limit(times).toList()).stream()
                .map(Api.Answer::status)
                .toList();
    }

    private static long count(List<Integer> statuses, int wanted) {
        return statuses.stream().filter(status -> status == wanted).count();
    }

    private Api.Answer read(String order) {
        return server.staff().get("/orders/" + order);
    }

    private long keptHere(String order) {
        return server.database()
                .sql("SELECT sum(captured - refunded) FROM payments.payments WHERE order_id = ?::bigint")
                .param(order)
                .query(Long.class)
                .single();
    }

    private static JdbcClient owner() {
        return JdbcClient.create(TestDatabase.superuserOf("races"));
    }
}
