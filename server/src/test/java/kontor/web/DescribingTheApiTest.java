package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The document at /openapi.json says what the server really does: clients are generated from it. */
@KontorTest
class DescribingTheApiTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestShop shop;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping operations;

    private JsonNode document;

    @BeforeEach
    void read() {
        document = api.get("/openapi.json").json();
    }

    @Test
    void holdsEveryOperationOfTheServer() {
        var served = new TreeSet<String>();
        operations.getHandlerMethods().forEach((mapping, handler) -> {
            if (!handler.getBeanType().getName().startsWith("kontor.")) return;
            for (var method : mapping.getMethodsCondition().getMethods())
                for (var path : mapping.getPatternValues())
                    served.add(method.name().toLowerCase(Locale.ROOT) + " " + path);
        });
        var described = new TreeSet<String>();
        eachOperation((method, path, operation) -> described.add(method + " " + path));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void saysOfEveryOperationWhatItDoesAndUnderWhichName() {
        var names = new ArrayList<String>();
        eachOperation((method, path, operation) -> {
            assertThat(operation.at("/summary").asString(""))
                    .as("%s %s", method, path)
                    .isNotBlank();
            names.add(operation.at("/operationId").asString(""));
        });
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z]+(_[a-z]+)+"));
    }

    @Test
    void saysWhoMayCall() {
        assertThat(operation("post", "/users").at("/security").toString()).isEqualTo("[{},{\"bearer\":[]}]");
        assertThat(operation("get", "/users/me").at("/security").toString()).isEqualTo("[{\"bearer\":[]}]");
        assertThat(operation("get", "/users").at("/security").toString()).isEqualTo("[{\"bearer\":[\"users:read\"]}]");
    }

    @Test
    void takesAKeyForEverythingThatChangesSomethingOrSaysWhyNot() {
        eachOperation((method, path, operation) -> {
            var takesKey = operation
                    .path("parameters")
                    .valueStream()
                    .anyMatch(parameter -> parameter.at("/name").asString("").equals("Idempotency-Key"));
            if (method.equals("get"))
                assertThat(takesKey).as("%s %s", method, path).isFalse();
            else if (!takesKey)
                assertThat(operation.at("/description").asString(""))
                        .as("%s %s", method, path)
                        .contains("Takes no Idempotency-Key");
        });
    }

    @Test
    void namesNoParameterThatIsNotTheCallers() {
        eachOperation((method, path, operation) -> operation
                .path("parameters")
                .forEach(parameter -> assertThat(parameter.at("/name").asString(""))
                        .as("%s %s", method, path)
                        .isNotIn("caller", "page", "http", "request")));
    }

    @Test
    void describesAnswersAsTheyAre() {
        var buyer = users.customer();
        var sku = shop.article(255, 10);
        var order = api.as(buyer)
                .post(
                        "/orders",
                        orderOf(sku),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(order.status()).isEqualTo(201);
        assertFits(order, "post", "/orders", "201");
        assertFits(api.as(buyer).get("/orders/" + order.at("/id")), "get", "/orders/{id}", "200");
        assertFits(api.as(buyer).get("/orders"), "get", "/orders", "200");
        assertFits(
                api.as(buyer).get("/orders/" + order.at("/id") + "/timeline"), "get", "/orders/{id}/timeline", "200");
        assertFits(api.as(buyer).get("/users/me"), "get", "/users/me", "200");
        assertFits(api.get("/products?limit=3"), "get", "/products", "200");
        assertFits(
                api.post("/login", Map.of("email", buyer.email(), "password", TestUsers.PASSWORD)),
                "post",
                "/login",
                "200");
        assertFits(api.as(users.admin()).get("/stock/" + sku), "get", "/stock/{sku}", "200");
        assertFits(api.as(users.admin()).get("/users?limit=2"), "get", "/users", "200");
    }

    @Test
    void describesRefusalsAsTheyAre() {
        assertFits(api.post("/users", Map.of("name", "")), "post", "/users", "default");
        assertFits(api.get("/users/me"), "get", "/users/me", "default");
        assertFits(
                api.as(users.customer())
                        .post(
                                "/orders",
                                orderOf(shop.article(100, 0)),
                                "Idempotency-Key",
                                UUID.randomUUID().toString()),
                "post",
                "/orders",
                "default");
    }

    private static Map<String, ?> orderOf(String sku) {
        return Map.of(
                "currency", "GBP",
                "lines", List.of(Map.of("sku", sku, "quantity", 2)),
                "shipping_address", Map.of("name", "Ann Lee", "line1", "1 High St", "city", "Leeds", "country", "GB"),
                "payment", Map.of("method", "invoice"));
    }

    private interface EachOperation {
        void look(String method, String path, JsonNode operation);
    }

    private void eachOperation(EachOperation look) {
        for (var path : document.get("paths").properties())
            for (var operation : path.getValue().properties())
                look.look(operation.getKey(), path.getKey(), operation.getValue());
    }

    private JsonNode operation(String method, String path) {
        var operation = document.get("paths").path(path).path(method);
        assertThat(operation.isObject()).as("%s %s", method, path).isTrue();
        return operation;
    }

    private void assertFits(Api.Answer answer, String method, String path, String status) {
        var content = operation(method, path).path("responses").path(status).path("content");
        assertThat(content.size()).as("%s %s %s", method, path, status).isEqualTo(1);
        var described = content.properties().iterator().next();
        assertThat(answer.header("Content-Type")).startsWith(described.getKey());
        assertFits(answer.json(), described.getValue().get("schema"), method + " " + path);
    }

    private void assertFits(JsonNode value, JsonNode schema, String where) {
        if (schema.has("$ref")) {
            assertFits(value, document.at(schema.get("$ref").asString().substring(1)), where);
            return;
        }
        assertThat(typesOf(schema)).as(where).contains(typeOf(value));
        if (schema.has("enum"))
            assertThat(schema.get("enum").valueStream().map(JsonNode::asString))
                    .as(where)
                    .contains(value.asString());
        for (var item : value.isArray() ? value : List.<JsonNode>of())
            assertFits(item, schema.get("items"), where + "[]");
        for (var member : value.properties()) {
            var described = schema.path("properties").path(member.getKey());
            if (isFact(schema, member.getKey())) continue;
            assertThat(described.isObject())
                    .as("%s.%s is described", where, member.getKey())
                    .isTrue();
            assertFits(member.getValue(), described, where + "." + member.getKey());
        }
        schema.path("required")
                .forEach(name -> assertThat(value.has(name.asString()))
                        .as("%s.%s is there", where, name.asString())
                        .isTrue());
    }

    /** A problem carries what is needed to recover, which differs from one to the next. */
    private static boolean isFact(JsonNode schema, String member) {
        return schema.path("properties").has("detail")
                && !schema.path("properties").has(member);
    }

    private static List<String> typesOf(JsonNode schema) {
        var type = schema.get("type");
        return type.isArray() ? type.valueStream().map(JsonNode::asString).toList() : List.of(type.asString());
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            default -> throw new AssertionError(value.getNodeType());
        };
    }
}
