package kontor.catalog;

import static kontor.catalog.Shelf.newSku;
import static kontor.catalog.Shelf.product;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.money.Money;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class ChangingProductsTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Catalog catalog;

    Api staff;

    @BeforeEach
    void signIn() {
        staff = api.as(users.with("catalog:write"));
    }

    @Test
    void changesWhatIsGivenAndNothingElse() {
        var sku = newSku();
        var before = staff.post("/products", product("Plain Jar", sku, 100));
        var path = before.header("Location");

        var renamed = staff.patch(path, "{\"name\": \"Fine Jar\"}", "If-Match", before.header("ETag"));
        assertThat(renamed.status()).isEqualTo(200);
        assertThat(renamed.at("/name")).isEqualTo("Fine Jar");
        assertThat(renamed.at("/slug")).isEqualTo("plain-jar");
        assertThat(renamed.json().get("variants")).isEqualTo(before.json().get("variants"));
        assertThat(renamed.header("ETag")).isNotEqualTo(before.header("ETag"));
        assertThat(api.get(path).json()).isEqualTo(renamed.json());
        assertThat(article(sku).name()).isEqualTo("Fine Jar");
    }

    @Test
    void replacesVariantsAndTheirPrices() {
        var kept = newSku();
        var dropped = newSku();
        var added = newSku();
        var before = staff.post("/products", """
                {"name": "Jar Set", "variants": [%s, %s]}
                """.formatted(variant(dropped, 1, "GBP"), variant(kept, 2, "GBP")));

        var change = "{\"variants\": [%s, %s]}".formatted(variant(added, 3, "EUR"), variant(kept, 4, "EUR"));
        var after = staff.patch(before.header("Location"), change, "If-Match", before.header("ETag"));

        assertThat(after.status()).isEqualTo(200);
        assertThat(after.at("/variants/0/sku")).isEqualTo(added);
        assertThat(after.at("/variants/1/sku")).isEqualTo(kept);
        assertThat(after.json().get("variants").size()).isEqualTo(2);
        assertThat(article(kept).prices()).containsOnlyKeys(Currency.getInstance("EUR"));
        assertThat(article(kept).priceIn(Currency.getInstance("EUR"))).isEqualTo(Money.of(4, "EUR"));
        assertThat(article(added).active()).isTrue();
        assertThat(article(dropped).active()).isFalse();

        var again = "{\"variants\": [%s]}".formatted(variant(dropped, 9, "GBP"));
        staff.patch(before.header("Location"), again, "If-Match", after.header("ETag"));
        assertThat(article(dropped).active()).isTrue();
        assertThat(article(kept).active()).isFalse();
    }

    @Test
    void needsTheVersionThatTheCallerHasSeen() {
        var before = staff.post("/products", product("Seen Jar", newSku(), 1));
        var path = before.header("Location");
        var without = staff.patch(path, "{\"name\": \"X\"}");
        assertThat(without.status()).isEqualTo(428);
        assertThat(without.at("/code")).isEqualTo("if_match_required");

        staff.patch(path, "{\"name\": \"Newer\"}", "If-Match", before.header("ETag"));
        for (var stale : List.of(before.header("ETag"), "W/" + before.header("ETag"), "nonsense", "\"x\"")) {
            var answer = staff.patch(path, "{\"name\": \"Older\"}", "If-Match", stale);
            assertThat(answer.status()).isEqualTo(412);
            assertThat(answer.at("/code")).isEqualTo("version_changed");
        }
        assertThat(staff.delete(path, "If-Match", before.header("ETag")).status())
                .isEqualTo(412);
        assertThat(api.get(path).at("/name")).isEqualTo("Newer");
        assertThat(staff.patch(path, "{\"name\": \"Whatever\"}", "If-Match", "*")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void letsOneOfManyEditorsOfTheSameVersionWin() throws Exception {
        var before = staff.post("/products", product("Contested Jar", newSku(), 1));
        var edit = (Callable<Integer>) () -> staff.patch(
                        before.header("Location"), "{\"description\": \"mine\"}", "If-Match", before.header("ETag"))
                .status();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = threads.invokeAll(List.of(edit, edit, edit, edit)).stream()
                    .map(Future::resultNow)
                    .sorted()
                    .toList();
            assertThat(statuses).containsExactly(200, 412, 412, 412);
        }
    }

    @Test
    void refusesSlugAndSkuOfAnotherProductAndChangesNothing() {
        var otherSku = newSku();
        var other = staff.post("/products", product("Other Jar", otherSku, 1));
        var mine = staff.post("/products", product("My Jar", newSku(), 1));
        var path = mine.header("Location");

        var slug = staff.patch(
                path, "{\"name\": \"X\", \"slug\": \"" + other.at("/slug") + "\"}", "If-Match", mine.header("ETag"));
        assertThat(slug.status()).isEqualTo(409);
        assertThat(slug.at("/code")).isEqualTo("slug_taken");

        var sku = staff.patch(
                path,
                "{\"name\": \"X\", \"variants\": [" + variant(otherSku, 1, "GBP") + "]}",
                "If-Match",
                mine.header("ETag"));
        assertThat(sku.status()).isEqualTo(409);
        assertThat(sku.at("/code")).isEqualTo("sku_taken");
        assertThat(api.get(path).json()).isEqualTo(mine.json());
        assertThat(article(otherSku).name()).isEqualTo("Other Jar");
    }

    @Test
    void refusesFieldsThatAreNotTheirsToSet() {
        var before = staff.post("/products", product("Strict Jar", newSku(), 1));
        for (var body : List.of(
                "{\"version\": 1}",
                "{\"id\": 1}",
                "{\"variants\": [{\"sku\": \"A\", \"prices\": [], \"on_hand\": 5}]}",
                "{\"status\": \"deleted\"}",
                "{\"status\": 1}",
                "{\"name\": \" \"}",
                "{\"variants\": []}")) {
            var answer = staff.patch(before.header("Location"), body, "If-Match", before.header("ETag"));
            assertThat(answer.status()).as(body).isEqualTo(422);
        }
        assertThat(api.get(before.header("Location")).json()).isEqualTo(before.json());
    }

    @Test
    void takesArchivedProductsOffSaleButKeepsThem() {
        var sku = newSku();
        var before = staff.post("/products", product("Retired Jar", sku, 1));
        var path = before.header("Location");

        assertThat(staff.delete(path, "If-Match", before.header("ETag")).status())
                .isEqualTo(204);
        assertThat(api.get(path).status()).isEqualTo(404);
        assertThat(api.get("/products?query=" + sku).json().get("items").isEmpty())
                .isTrue();
        assertThat(article(sku).active()).isFalse();
        assertThat(article(sku).name()).isEqualTo("Retired Jar");

        var archived = staff.get(path);
        assertThat(archived.at("/status")).isEqualTo("archived");
        assertThat(archived.header("Cache-Control")).isEqualTo("private, no-cache");
        assertThat(staff.delete(path).status()).isEqualTo(204);
        assertThat(staff.patch(path, "{\"status\": \"active\"}", "If-Match", "*")
                        .status())
                .isEqualTo(200);
        assertThat(api.get(path).status()).isEqualTo(200);
        assertThat(article(sku).active()).isTrue();
    }

    @Test
    void isNotThereForThoseWhoMayNotOrForWhatIsUnknown() {
        var before = staff.post("/products", product("Safe Jar", newSku(), 1));
        var path = before.header("Location");
        var customer = api.as(users.customer());
        assertThat(api.patch(path, "{}", "If-Match", "*").status()).isEqualTo(401);
        assertThat(customer.patch(path, "{}", "If-Match", "*").status()).isEqualTo(403);
        assertThat(customer.delete(path).status()).isEqualTo(403);
        assertThat(staff.patch("/products/999999999", "{}", "If-Match", "*").status())
                .isEqualTo(404);
        assertThat(staff.delete("/products/no-number").status()).isEqualTo(404);
        assertThat(api.get(path).json()).isEqualTo(before.json());
    }

    private Article article(String sku) {
        return Objects.requireNonNull(catalog.assortment().find(sku));
    }

    private static String variant(String sku, long amount, String currency) {
        return "{\"sku\": \"%s\", \"prices\": [{\"amount\": %d, \"currency\": \"%s\"}]}"
                .formatted(sku, amount, currency);
    }
}
