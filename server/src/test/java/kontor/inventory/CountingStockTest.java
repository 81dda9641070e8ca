package kontor.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.catalog.Catalog;
import kontor.catalog.StockCounts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class CountingStockTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Inventory inventory;

    @Autowired
    Catalog catalog;

    @Autowired
    TransactionTemplate transactions;

    Api staff;
    TestUsers.TestUser keeper;
    String sku;
    long variant;

    @BeforeEach
    void putAnArticleOnSale() {
        keeper = users.with("catalog:write", "inventory:read", "inventory:write");
        staff = api.as(keeper);
        sku = "COUNT-" + UUID.randomUUID();
        staff.post("/products", """
                {"name": "Counted", "variants": [{"sku": "%s", "prices": [{"amount": 1, "currency": "GBP"}]}]}
                """.formatted(sku));
        variant =
                java.util.Objects.requireNonNull(catalog.assortment().find(sku)).variantId();
    }

    @Test
    void addsAndTakesAndWritesDownWhy() {
        assertThat(staff.get("/stock/" + sku).json().at("/levels/0").toString())
                .isEqualTo("{\"location\":\"main\",\"on_hand\":0,\"reserved\":0,\"available\":0}");
        var received = adjust(100, "received");
        assertThat(received.status()).as(received.text()).isEqualTo(200);
        assertThat(received.json().at("/levels/0/available").asLong()).isEqualTo(100);
        assertThat(adjust(-30, "damaged").json().at("/levels/0/on_hand").asLong())
                .isEqualTo(70);

        var newest = staff.get("/stock/" + sku + "/movements?limit=1");
        assertThat(newest.at("/items/0/reason")).isEqualTo("damaged");
        assertThat(newest.json().at("/items/0/delta").asLong()).isEqualTo(-30);
        assertThat(newest.at("/items/0/actor")).isEqualTo("user:" + keeper.id());
        assertThat(newest.at("/items/0/location")).isEqualTo("main");
        var oldest = staff.get("/stock/" + sku + "/movements?limit=1&cursor=" + newest.at("/next_cursor"));
        assertThat(oldest.at("/items/0/reason")).isEqualTo("received");
        assertThat(oldest.json().get("next_cursor").isNull()).isTrue();
    }

    @Test
    void refusesToTakeWhatIsPromisedToOrdersAndMovesNothing() {
        adjust(10, "received");
        var order = 8_000_000_000L + variant;
        transactions.executeWithoutResult(status -> {
            inventory.hold(List.of(new NewHold(order, variant, 4, null)));
            assertThat(inventory.reserve(new long[] {variant}, new long[] {4})).isTrue();
        });
        var refused = adjust(-7, "stolen");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("below_reserved");
        assertThat(refused.json().get("on_hand").asLong()).isEqualTo(10);
        assertThat(refused.json().get("reserved").asLong()).isEqualTo(4);
        assertThat(refused.json().get("available").asLong()).isEqualTo(6);
        assertThat(movements()).isEqualTo(1);
        assertThat(adjust(-6, "sold elsewhere").status()).isEqualTo(200);
        transactions.executeWithoutResult(status -> inventory.release(order));
    }

    @Test
    void movesOnceHoweverOftenTheSameRequestComes() {
        var path = "/stock/" + sku + "/adjustments";
        var body = adjustment(5, "received", "main");
        assertThat(staff.post(path, body).at("/code")).isEqualTo("idempotency_key_required");
        var key = key();
        var first = staff.post(path, body, "Idempotency-Key", key);
        var again = staff.post(path, body, "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(staff.post(path, adjustment(6, "received", "main"), "Idempotency-Key", key)
                        .at("/code"))
                .isEqualTo("idempotency_key_reused");
        assertThat(movements()).isEqualTo(1);
    }

    @Test
    void refusesToTakeFromNothing() {
        var refused = adjust(-1, "lost");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("below_reserved");
        assertThat(movements()).isZero();
    }

    @Test
    void refusesMoreThanCanBeCounted() {
        adjust(1, "received");
        var refused = adjust(StockCounts.MOST, "received");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("too_much_stock");
        assertThat(movements()).isEqualTo(1);
    }

    @Test
    void refusesAdjustmentsThatMakeNoSense() {
        assertRefused("{\"delta\": 0, \"reason\": \"x\"}", "delta", "zero");
        assertRefused("{\"reason\": \"x\"}", "delta", "not_null");
        assertRefused("{\"delta\": 1.5, \"reason\": \"x\"}", "delta", "wrong_type");
        assertRefused("{\"delta\": 9223372036854775807, \"reason\": \"x\"}", "delta", "max");
        assertRefused("{\"delta\": 9223372036854775808, \"reason\": \"x\"}", "delta", "out_of_range");
        assertRefused("{\"delta\": -9223372036854775808, \"reason\": \"x\"}", "delta", "min");
        assertRefused("{\"delta\": 1}", "reason", "not_blank");
        assertRefused("{\"delta\": 1, \"reason\": \"\\u0000\"}", "reason", "plain_text");
        assertRefused("{\"delta\": 1, \"reason\": \"x\", \"location\": \"nowhere\"}", "location", "unknown");
        assertRefused("{\"delta\": 1, \"reason\": \"x\", \"on_hand\": 5}", "on_hand", "unknown_field");
        assertThat(movements()).isZero();
    }

    @Test
    void keepsStockAtSeveralLocations() {
        var code = "shop-" + variant;
        var created = staff.post("/locations", "{\"code\": \"" + code + "\", \"name\": \"Shop\"}");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(staff.post("/locations", "{\"code\": \"" + code + "\", \"name\": \"Shop\"}")
                        .at("/code"))
                .isEqualTo("code_taken");
        assertThat(staff.get("/locations").text()).contains("\"main\"", code);

        staff.post("/stock/" + sku + "/adjustments", adjustment(5, "moved", code), "Idempotency-Key", key());
        var stock = staff.get("/stock/" + sku);
        assertThat(stock.at("/sku")).isEqualTo(sku);
        assertThat(stock.at("/levels/0/location")).isEqualTo("main");
        assertThat(stock.at("/levels/1/location")).isEqualTo(code);
        assertThat(stock.json().at("/levels/1/on_hand").asLong()).isEqualTo(5);
        assertThat(inventory.available(new long[] {variant}))
                .as("orders are filled from main")
                .isEmpty();
    }

    @Test
    void takesCountsForWhatThereIsAndWritesTheDifferenceDown() {
        assertThat(count(12).moved()).isEqualTo(1);
        assertThat(count(12).moved()).isZero();
        assertThat(count(9).moved()).isEqualTo(1);
        assertThat(staff.get("/stock/" + sku + "/movements")
                        .json()
                        .at("/items/0/delta")
                        .asLong())
                .isEqualTo(-3);
        assertThat(inventory.available(new long[] {variant})).containsEntry(variant, 9L);
        assertThat(movements()).isEqualTo(2);
    }

    @Test
    void isForThoseWhoMay() {
        var path = "/stock/" + sku;
        assertThat(api.get(path).status()).isEqualTo(401);
        var customer = api.as(users.customer());
        var reader = api.as(users.with("inventory:read"));
        assertThat(customer.get(path).status()).isEqualTo(403);
        assertThat(customer.get(path + "/movements").status()).isEqualTo(403);
        assertThat(customer.get("/locations").status()).isEqualTo(403);
        assertThat(reader.get(path).status()).isEqualTo(200);
        assertThat(reader.post(path + "/adjustments", adjustment(1, "x", "main"), "Idempotency-Key", key())
                        .status())
                .isEqualTo(403);
        assertThat(reader.post("/locations", "{}").status()).isEqualTo(403);
        assertThat(reader.get("/stock/UNKNOWN").status()).isEqualTo(404);
        assertThat(movements()).isZero();
    }

    private Api.Answer adjust(long delta, String reason) {
        return staff.post(
                "/stock/" + sku + "/adjustments", adjustment(delta, reason, "main"), "Idempotency-Key", key());
    }

    private static String adjustment(long delta, String reason, String location) {
        return "{\"delta\": %d, \"reason\": \"%s\", \"location\": \"%s\"}".formatted(delta, reason, location);
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private StockCounts.CountResult count(long onHand) {
        return java.util.Objects.requireNonNull(transactions.execute(
                status -> inventory.count(List.of(new StockCounts.Count(variant, onHand)), "counted", "user:1")));
    }

    private void assertRefused(String body, String field, String code) {
        var answer = staff.post("/stock/" + sku + "/adjustments", body, "Idempotency-Key", key());
        assertThat(answer.status()).as(body).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo(field);
        assertThat(answer.at("/errors/0/code")).isEqualTo(code);
    }

    private int movements() {
        return staff.get("/stock/" + sku + "/movements").json().get("items").size();
    }
}
