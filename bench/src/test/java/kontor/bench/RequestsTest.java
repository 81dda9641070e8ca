package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import kontor.orders.OrderRequest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class RequestsTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Requests orders =
            Requests.orders(8080, List.of("token-a", "token-b"), Basket.Demand.UNIFORM, Requests.INVOICE, 1);

    @Test
    void theBodyIsTheOrderThatIsPlacedInProcessToo() {
        var request = text(orders);
        assertThat(request).startsWith("POST /orders HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n");
        var parts = request.split("\r\n\r\n", -1);
        assertThat(parts[0]).contains("Content-Length: " + parts[1].length());
        var body = JSON.readTree(parts[1]);
        var inProcess = JSON.valueToTree(InProcess.request(basketOf(body)));
        assertThat(withoutNulls(JSON.valueToTree(JSON.treeToValue(body, OrderRequest.class))))
                .isEqualTo(withoutNulls(inProcess));
    }

    @Test
    void everyRequestHasItsOwnKeyAndArticles() {
        var keys = new HashSet<String>();
        var bodies = new HashSet<String>();
        for (var i = 0; i < 1_000; i++) {
            var request = text(orders);
            var key = request.replaceAll("(?s).*Idempotency-Key: (\\S+)\r\n.*", "$1");
            assertThat(UUID.fromString(key).version()).isEqualTo(4);
            keys.add(key);
            bodies.add(request.substring(request.indexOf("\r\n\r\n")));
        }
        assertThat(keys).hasSize(1_000);
        assertThat(bodies).hasSizeGreaterThan(990);
    }

    @Test
    void buyersTakeTurns() {
        assertThat(text(orders)).contains("Bearer token-a\r\n");
        assertThat(text(orders)).contains("Bearer token-b\r\n");
        assertThat(text(orders)).contains("Bearer token-a\r\n");
    }

    @Test
    void aPageIsAskedForWithItsTagWhenItIsKnown() {
        assertThat(text(Requests.pages(8080, "/products?limit=20", List.of("t"), "W/\"7\"")))
                .startsWith("GET /products?limit=20 HTTP/1.1\r\n")
                .contains("If-None-Match: W/\"7\"\r\n")
                .endsWith("\r\n\r\n");
        assertThat(text(Requests.pages(8080, "/products", List.of("t"), ""))).doesNotContain("If-None-Match");
    }

    @Test
    void aHotArticleIsInEveryBasketAndASoldOutOneIsNotThere() {
        var hot = Requests.orders(8080, List.of("t"), Basket.Demand.HOT, Requests.INVOICE, 1);
        var soldOut = Requests.orders(8080, List.of("t"), Basket.Demand.SOLD_OUT, Requests.INVOICE, 1);
        for (var i = 0; i < 100; i++) {
            assertThat(text(hot)).contains("\"K10001\"");
            assertThat(text(soldOut)).contains("\"" + new Article(Shop.SOLD_OUT).sku() + "\"");
        }
    }

    private static Basket basketOf(JsonNode body) {
        return new Basket(article(body, 0), article(body, 1), article(body, 2));
    }

    private static Article article(JsonNode body, int line) {
        var sku = body.at("/lines/" + line + "/sku").asString();
        var article = new Article(Integer.parseInt(sku.substring(1)) - 10_000);
        assertThat(article.sku()).isEqualTo(sku);
        return article;
    }

    private static String withoutNulls(JsonNode json) {
        return json.toString().replaceAll("\"[a-z0-9_]+\":null,?", "").replace(",}", "}");
    }

    private static String text(Requests requests) {
        return StandardCharsets.US_ASCII.decode(requests.next()).toString();
    }
}
