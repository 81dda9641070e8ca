package kontor.catalog;

import static kontor.catalog.Shelf.newSku;
import static kontor.catalog.Shelf.product;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.web.PageRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class ListingProductsTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    ReadyAnswers answers;

    Api staff;

    @BeforeEach
    void signIn() {
        staff = api.as(users.with("catalog:write"));
    }

    @Test
    void findsWordsByTheirBeginningsInNameAndDescription() {
        var sku = newSku();
        staff.post(
                "/products",
                product("Zwiebelmuster Teapot", sku, 1)
                        .replaceFirst("\\{", "{\"description\": \"porcelain from Meißen\", "));
        for (var query : List.of("zwiebelmuster", "Zwiebel", "teap zwieb", "Meißen zwiebelmuster", "zwiebel-teapot"))
            assertThat(skus("/products?query=" + encoded(query))).as(query).containsExactly(sku);
        assertThat(skus("/products?query=" + encoded("zwiebelmuster kettle"))).isEmpty();
    }

    @Test
    void findsSkusByTheirBeginningInAnyCase() {
        staff.post("/products", product("Coded", "QQ%d".formatted(85).concat("_A"), 1));
        staff.post("/products", product("Coded too", "QQ85xA", 1));
        assertThat(skus("/products?query=qq85")).containsExactly("QQ85_A", "QQ85xA");
        assertThat(skus("/products?query=QQ85_")).containsExactly("QQ85_A");
        assertThat(skus("/products?query=" + encoded("QQ85%"))).isEmpty();
    }

    @Test
    void findsAProductOnceThoughMoreOfItsSkusMatchThanAPageHolds() {
        var first = newSku();
        var variants = IntStream.range(0, 8)
                .mapToObj(i -> "{\"sku\": \"MANY-%s-%d\", \"prices\": [{\"amount\": 1, \"currency\": \"GBP\"}]}"
                        .formatted(first, i))
                .collect(Collectors.joining(", "));
        staff.post("/products", "{\"name\": \"Manifold\", \"variants\": [%s]}".formatted(variants));
        var other = staff.post("/products", product("Manifold too", "MANY-" + first + "-X", 1));
        assertThat(other.status()).isEqualTo(201);
        assertThat(skus("/products?limit=2&query=many-" + first))
                .containsExactly("MANY-" + first + "-0", "MANY-" + first + "-X");
    }

    @Test
    void leavesOutArchivedOnesBeforeItCountsAPageFull() {
        var prefix = "ARCH-" + newSku();
        for (var i = 0; i < 3; i++) {
            var archived = staff.post("/products", product("Prearchived", prefix + "-" + i, 1));
            staff.delete(archived.header("Location"));
        }
        staff.post("/products", product("Prearchived", prefix + "-9", 1));
        assertThat(skus("/products?limit=1&query=" + prefix)).containsExactly(prefix + "-9");
        assertThat(skus("/products?limit=1&query=prearchived")).containsExactly(prefix + "-9");
    }

    @Test
    void givesASearchUpThatTakesTooLong() throws Exception {
        try (var _ = Turn.withProductsLocked()) {
            var answer = api.get("/products?query=nobody-waits-for-this");
            assertThat(answer.status()).as(answer.text()).isEqualTo(503);
            assertThat(answer.at("/code")).isEqualTo("busy");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        }
        assertThat(api.get("/products?query=nobody-waits-for-this").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'", "a' | 'b", "!!!", "& |", "\\", "(a+)+$", "it's:*", "<->", "日本", "%_"})
    void takesAnySearchTextForText(String query) {
        assertThat(api.get("/products?query=" + encoded(query)).status()).isEqualTo(200);
    }

    @Test
    void pagesThroughAllOfThemOnceEach() {
        var skus = new ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            skus.add(newSku());
            staff.post("/products", product("Pagewise " + i, skus.getLast(), 1));
        }
        var seen = new ArrayList<String>();
        for (var cursor = ""; ; ) {
            var page = api.get("/products?query=pagewise&limit=2" + cursor);
            seen.addAll(skus(page));
            if (page.json().get("next_cursor").isNull()) break;
            cursor = "&cursor=" + page.at("/next_cursor");
        }
        assertThat(seen).isEqualTo(skus);
    }

    @Test
    void answersNotModifiedToThoseWhoHaveIt() {
        staff.post("/products", product("Etagere One", newSku(), 1));
        var path = "/products?query=etagere";
        var first = api.get(path);
        assertThat(first.header("Cache-Control")).isEqualTo("public, no-cache");
        assertThat(first.header("Content-Type")).isEqualTo("application/json");

        var etag = first.header("ETag");
        for (var known : List.of(etag, "\"other\", " + etag, etag.substring(2), "*")) {
            var again = api.get(path, "If-None-Match", known);
            assertThat(again.status()).as(known).isEqualTo(304);
            assertThat(again.text()).isEmpty();
            assertThat(again.header("ETag")).isEqualTo(etag);
        }
        assertThat(api.get(path, "If-None-Match", "\"other\"").status()).isEqualTo(200);

        staff.post("/products", product("Unrelated", newSku(), 1));
        assertThat(api.get(path, "If-None-Match", etag).status()).isEqualTo(304);

        staff.post("/products", product("Etagere Two", newSku(), 1));
        var changed = api.get(path, "If-None-Match", etag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(skus(changed)).hasSize(2);
    }

    @Test
    void keepsAnswersReadyUntilTheCatalogueChanges() {
        var filter = ProductFilter.of("readiness", null);
        var page = new PageRequest(20, null);
        var ready = answers.list(filter, page);
        assertThat(answers.list(ProductFilter.of(" readiness ", "active"), page))
                .isSameAs(ready);
        staff.post("/products", product("Readiness", newSku(), 1));
        assertThat(answers.list(filter, page)).isNotSameAs(ready);
    }

    @Test
    void answersNotModifiedForOneProductToo() {
        var created = staff.post("/products", product("Single Etagere", newSku(), 1));
        var path = created.header("Location");
        var etag = api.get(path).header("ETag");
        assertThat(api.get(path, "If-None-Match", etag).status()).isEqualTo(304);
        staff.patch(path, "{\"name\": \"Changed\"}", "If-Match", etag);
        assertThat(api.get(path, "If-None-Match", etag).status()).isEqualTo(200);
    }

    @Test
    void showsArchivedOnesToStaffOnly() {
        var sku = newSku();
        var created = staff.post("/products", product("Archivalia", sku, 1));
        staff.delete(created.header("Location"));
        var path = "/products?query=archivalia&status=archived";
        assertThat(skus(path, staff)).containsExactly(sku);
        assertThat(staff.get(path).header("Cache-Control")).isEqualTo("private, no-cache");
        assertThat(api.as(users.customer()).get(path).status()).isEqualTo(403);
        assertThat(api.get(path).status()).isEqualTo(401);
        assertThat(skus("/products?query=archivalia")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=201",
                "limit=-1",
                "limit=1e9",
                "limit=abc",
                "limit=1&limit=2",
                "cursor=!",
                "status=deleted",
                "query=%00",
                "query=a%0Ab"
            })
    void refusesParametersThatMakeNoSense(String parameters) {
        var answer = api.get("/products?" + parameters);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo(parameters.split("=", 2)[0]);
    }

    @Test
    void boundsTheLengthOfSearches() {
        assertThat(api.get("/products?query=" + "x".repeat(201)).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/products/0",
                "/products/-1",
                "/products/99999999999999999999",
                "/products/No-Slug",
                "/products/a%20b"
            })
    void doesNotFindWhatIsNotThere(String path) {
        assertThat(api.get(path).status()).isEqualTo(404);
    }

    @Test
    void answersOnlyJson() {
        assertThat(api.get("/products", "Accept", "image/png").status()).isEqualTo(406);
        assertThat(api.get("/products", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                        .status())
                .isEqualTo(200);
    }

    private List<String> skus(String path) {
        return skus(path, api);
    }

    private static List<String> skus(String path, Api as) {
        return skus(as.get(path));
    }

    private static List<String> skus(Api.Answer page) {
        return page.json()
                .get("items")
                .valueStream()
                .map(product -> product.at("/variants/0/sku").asString())
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
