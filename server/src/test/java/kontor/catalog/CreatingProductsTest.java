package kontor.catalog;

import static kontor.catalog.Shelf.newSku;
import static kontor.catalog.Shelf.product;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Currency;
import java.util.Objects;
import java.util.stream.Stream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.money.Money;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class CreatingProductsTest {
    private static final Currency GBP = Currency.getInstance("GBP");

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Catalog catalog;

    @Autowired
    JdbcClient jdbc;

    Api staff;

    @BeforeEach
    void signIn() {
        staff = api.as(users.with("catalog:write", "inventory:read"));
    }

    @Test
    void answersWithTheProductAndWhereItIs() {
        var sku = newSku();
        var created = staff.post("/products", """
                {"name": "Creation Mug", "slug": "creation-mug", "description": "Holds tea.\\nAnd coffee.",
                 "variants": [{"sku": "%s", "name": "blue",
                               "prices": [{"amount": 255, "currency": "GBP"}, {"amount": 0, "currency": "JPY"}],
                               "on_hand": 7}]}
                """.formatted(sku));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/products/" + created.at("/id"));
        assertThat(created.header("ETag")).isEqualTo("\"" + created.at("/version") + "\"");
        assertThat(created.at("/slug")).isEqualTo("creation-mug");
        assertThat(created.at("/status")).isEqualTo("active");
        assertThat(created.at("/created_at")).endsWith("Z");

        var read = api.get(created.header("Location"));
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.json()).isEqualTo(created.json());
        assertThat(read.header("ETag")).isEqualTo(created.header("ETag"));
        assertThat(api.get("/products/creation-mug").json()).isEqualTo(created.json());
        assertThat(read.json().at("/variants/0/prices").toString())
                .isEqualTo("[{\"amount\":255,\"currency\":\"GBP\"},{\"amount\":0,\"currency\":\"JPY\"}]");

        var stock = staff.get("/stock/" + sku);
        assertThat(stock.json().at("/levels/0/on_hand").asLong()).isEqualTo(7);
        assertThat(staff.get("/stock/" + sku + "/movements").at("/items/0/reason"))
                .isEqualTo("created");
    }

    @Test
    void canBeOrderedAtOnce() {
        var sku = newSku();
        var before = catalog.assortment();
        staff.post("/products", product("Ready Mug", sku, 255));

        var article = Objects.requireNonNull(catalog.assortment().find(sku));
        assertThat(article.name()).isEqualTo("Ready Mug");
        assertThat(article.priceIn(GBP)).isEqualTo(Money.of(255, "GBP"));
        assertThat(article.priceIn(Currency.getInstance("EUR"))).isNull();
        assertThat(article.active()).isTrue();
        assertThat(catalog.assortment().revision()).isGreaterThan(before.revision());
        assertThat(catalog.revisionNow()).isEqualTo(catalog.assortment().revision());
        assertThat(before.find(sku)).isNull();
    }

    @Test
    void makesSlugsOfNamesAndTellsEqualNamesApart() {
        var first = staff.post("/products", product("Twin Lantern", newSku(), 1));
        var second = staff.post("/products", product("Twin Lantern", newSku(), 1));
        assertThat(first.at("/slug")).isEqualTo("twin-lantern");
        assertThat(second.at("/slug")).isEqualTo("twin-lantern-" + second.at("/id"));
    }

    @Test
    void createsOnceHoweverOftenTheSameRequestComes() {
        var body = product("Twice Asked", newSku(), 1);
        var key = "key-" + newSku();
        var created = staff.post("/products", body, "Idempotency-Key", key);
        var again = staff.post("/products", body, "Idempotency-Key", key);
        assertThat(created.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(created.text());
        assertThat(again.header("Location")).isEqualTo(created.header("Location"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    }

    @Test
    void keepsBarCodesInTexts() {
        var created = staff.post("/products", product("EAN 4006381333931 4111111111111111", newSku(), 1));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
    }

    @Test
    void refusesASlugThatIsTaken() {
        var sku = newSku();
        var taken =
                staff.post("/products", product("Only Lantern", newSku(), 1)).at("/slug");
        var answer = staff.post(
                "/products", product("Other", sku, 1).replace("{\"name\"", "{\"slug\": \"" + taken + "\", \"name\""));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("slug_taken");
        assertThat(answer.at("/slug")).isEqualTo(taken);
        assertNotThere(sku);
    }

    @Test
    void refusesASkuThatIsTakenAndCreatesNothing() {
        var taken = newSku();
        var fresh = newSku();
        staff.post("/products", product("Owner", taken, 1));
        var revision = catalog.revisionNow();
        var answer = staff.post("/products", """
                {"name": "Thief of SKUs", "variants": [
                    {"sku": "%s", "prices": [{"amount": 1, "currency": "GBP"}], "on_hand": 5},
                    {"sku": "%s", "prices": [{"amount": 1, "currency": "GBP"}], "on_hand": 5}]}
                """.formatted(fresh, taken));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("sku_taken");
        assertThat(answer.at("/sku")).isEqualTo(taken);
        assertNotThere(fresh);
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(api.get("/products/thief-of-skus").status()).isEqualTo(404);
    }

    @Test
    void keepsMarkupAndFormulasAsText() {
        var name = "<img src=x onerror=alert(1)> =HYPERLINK(1) 🙂";
        var created = staff.post("/products", product(name, newSku(), 1));
        assertThat(created.at("/name")).isEqualTo(name);
        assertThat(created.at("/slug")).isEqualTo("img-src-x-onerror-alert-1-hyperlink-1");
        assertThat(api.get(created.header("Location")).header("X-Content-Type-Options"))
                .isEqualTo("nosniff");
    }

    static Stream<Arguments> wrongProducts() {
        var good = product("Good", "GOOD", 1);
        return Stream.of(
                wrong(good.replace("\"name\": \"Good\"", "\"name\": \" \""), "name", "not_blank"),
                wrong(good.replace("\"name\": \"Good\", ", ""), "name", "not_blank"),
                wrong(good.replace("Good", "x".repeat(201)), "name", "size"),
                wrong(good.replace("Good", "a\\u0000b"), "name", "plain_text"),
                wrong(good.replace("Good", "a\\nb"), "name", "plain_text"),
                wrong(good.replace("Good", "a\\ud800b"), "name", "plain_text"),
                wrong(with("\"slug\": \"Not A Slug\""), "slug", "pattern"),
                wrong(with("\"slug\": \"123\""), "slug", "pattern"),
                wrong(with("\"slug\": \"export\""), "slug", "pattern"),
                wrong(with("\"description\": \"a\\u0007b\""), "description", "plain_text"),
                wrong(with("\"description\": \"" + "x".repeat(10_001) + "\""), "description", "size"),
                wrong(with("\"id\": 7"), "id", "unknown_field"),
                wrong("{\"name\": \"Good\"}", "variants", "not_null"),
                wrong("{\"name\": \"Good\", \"variants\": []}", "variants", "size"),
                wrong("{\"name\": \"Good\", \"variants\": [null]}", "variants[0]", "not_null"),
                wrong(good.replace("\"GOOD\"", "\"\""), "variants[0].sku", "pattern"),
                wrong(good.replace("\"GOOD\"", "\"" + "x".repeat(1000) + "\""), "variants[0].sku", "pattern"),
                wrong(good.replace("\"GOOD\"", "\"a/b\""), "variants[0].sku", "pattern"),
                wrong(good.replace("\"GOOD\"", "null"), "variants[0].sku", "not_null"),
                wrong(variants("{\"sku\": \"A1\", \"prices\": []}"), "variants[0].prices", "size"),
                wrong(variants("{\"sku\": \"A1\"}"), "variants[0].prices", "not_null"),
                wrong(priced("-1", "\"GBP\""), "variants[0].prices[0].amount", "positive_or_zero"),
                wrong(priced("1000000000001", "\"GBP\""), "variants[0].prices[0].amount", "max"),
                wrong(priced("9223372036854775808", "\"GBP\""), "variants[0].prices[0].amount", "out_of_range"),
                wrong(priced("1e3", "\"GBP\""), "variants[0].prices[0].amount", "wrong_type"),
                wrong(priced("10.00", "\"GBP\""), "variants[0].prices[0].amount", "wrong_type"),
                wrong(priced("\"10\"", "\"GBP\""), "variants[0].prices[0].amount", "wrong_type"),
                wrong(priced("null", "\"GBP\""), "variants[0].prices[0].amount", "not_null"),
                wrong(priced("1", "\"EURO\""), "variants[0].prices[0].currency", "wrong_type"),
                wrong(priced("1", "\"eur\""), "variants[0].prices[0].currency", "wrong_type"),
                wrong(priced("1", "\"XXX\""), "variants[0].prices[0].currency", "wrong_type"),
                wrong(priced("1", "\"XAU\""), "variants[0].prices[0].currency", "wrong_type"),
                wrong(priced("1", "null"), "variants[0].prices[0].currency", "not_null"),
                wrong(
                        variants("{\"sku\": \"A1\", \"prices\": [{\"amount\": 1, \"currency\": \"GBP\"},"
                                + " {\"amount\": 2, \"currency\": \"GBP\"}]}"),
                        "variants[0].prices[1].currency",
                        "duplicate"),
                wrong(variants(variant("A1", "") + "," + variant("A1", "")), "variants[1].sku", "duplicate"),
                wrong(variants(variant("A1", ", \"on_hand\": -1")), "variants[0].on_hand", "positive_or_zero"),
                wrong(variants(variant("A1", ", \"on_hand\": 1.5")), "variants[0].on_hand", "wrong_type"),
                wrong(
                        variants(variant("A1", ", \"on_hand\": 9223372036854775808")),
                        "variants[0].on_hand",
                        "out_of_range"),
                wrong(variants(variant("A1", ", \"on_hand\": 1000000000001")), "variants[0].on_hand", "max"));
    }

    @ParameterizedTest
    @MethodSource("wrongProducts")
    void refusesWhatBreaksARuleAndNamesTheField(String body, String field, String code) {
        var products = count();
        var answer = staff.post("/products", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.at("/code")).isEqualTo("invalid_input");
        assertThat(answer.at("/errors/0/field")).isEqualTo(field);
        assertThat(answer.at("/errors/0/code")).isEqualTo(code);
        assertThat(count()).isEqualTo(products);
    }

    @Test
    void isForThoseWhoMayEditTheCatalogue() {
        var sku = newSku();
        assertThat(api.post("/products", product("Nope", sku, 1)).status()).isEqualTo(401);
        assertThat(api.as(users.customer())
                        .post("/products", product("Nope", sku, 1))
                        .status())
                .isEqualTo(403);
        assertNotThere(sku);
    }

    private void assertNotThere(String sku) {
        assertThat(catalog.refresh().find(sku)).isNull();
    }

    private long count() {
        return jdbc.sql("SELECT count(*) FROM catalog.products")
                .query(Long.class)
                .single();
    }

    private static Arguments wrong(String body, String field, String code) {
        return Arguments.of(body, field, code);
    }

    private static String with(String member) {
        return product("Good", "GOOD", 1).replaceFirst("\\{", "{" + member.replace("\\", "\\\\") + ", ");
    }

    private static String variants(String list) {
        return "{\"name\": \"Good\", \"variants\": [" + list + "]}";
    }

    private static String variant(String sku, String more) {
        return "{\"sku\": \"" + sku + "\", \"prices\": [{\"amount\": 1, \"currency\": \"GBP\"}]" + more + "}";
    }

    private static String priced(String amount, String currency) {
        return variants(
                "{\"sku\": \"A1\", \"prices\": [{\"amount\": " + amount + ", \"currency\": " + currency + "}]}");
    }
}
