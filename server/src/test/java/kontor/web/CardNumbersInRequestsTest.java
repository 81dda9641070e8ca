package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.Validator;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A card number sent in any field or parameter that the API has is refused, and is nowhere afterwards. */
@KontorTest
@ExtendWith(OutputCaptureExtension.class)
class CardNumbersInRequestsTest {
    /** No other test writes it anywhere. */
    private static final String CARD = "4539578763621486";

    /** Fields and parameters that are not tried, and why. */
    private static final Map<String, String> EXCEPTIONS = Map.ofEntries(
            Map.entry("sku", "staff write bar codes"),
            Map.entry("POST /products name", "staff write bar codes"),
            Map.entry("POST /products variants.name", "staff write bar codes"),
            Map.entry("PATCH /products/{id} variants.name", "staff write bar codes"),
            Map.entry("GET /products query", "staff look for bar codes; nothing is kept of a search"),
            Map.entry("password", "only its hash is kept, and it is never logged"),
            Map.entry("current_password", "only compared"),
            Map.entry("If-Match", "only compared"));

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private Validator validator;

    private final List<String> accepted = new ArrayList<>();
    private int tried;

    @Test
    void areRefusedWhereverTheyStandAndLeaveNoTrace(CapturedOutput log) throws SQLException {
        var staff = api.as(users.admin());
        var document = api.get("/openapi.json").json();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    var name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                    var body = operation.getValue().at("/requestBody/content/application~1json/schema");
                    var plausible = body.isMissingNode() ? null : example(document, body);
                    var type = operation.getValue().at("/requestBody/content").propertyNames().stream()
                            .findFirst()
                            .orElse("application/json");
                    tryParameters(staff, name, type, operation.getValue().path("parameters"), plausible);
                    if (plausible != null) tryFields(staff, name, plausible);
                }));
        assertThat(accepted).as("%d were tried", tried).isEmpty();
        assertThat(tried).isGreaterThan(140);
        tryFiles(staff);
        assertThat(log.getAll()).doesNotContain(CARD);
        assertThat(columnsWith(CARD)).isEmpty();
    }

    @Test
    void areRefusedInMembersThatThereAreNoneOf() {
        var guest = api.post("/login", "{\"card\": {\"number\": [\"" + CARD + "\"]}}");
        assertThat(guest.at("/code")).isEqualTo("card_data_refused");
        assertThat(api.post("/login", "{\"email\": {\"card\": " + CARD + "}}").at("/code"))
                .isEqualTo("card_data_refused");
        assertThat(api.post("/login", "{\"card\": {\"number\": [\"4539578763621487\"]}}")
                        .at("/errors/0/code"))
                .as("no card number")
                .isEqualTo("unknown_field");
    }

    @Test
    void areNotTakenForTheIdOfARequest() {
        assertThat(api.get("/products", "X-Request-Id", CARD).header("X-Request-Id"))
                .matches("[0-9a-f]{16}")
                .isNotEqualTo(CARD);
        assertThat(api.get("/products", "X-Request-Id", "8415995487234100").header("X-Request-Id"))
                .isEqualTo("8415995487234100");
    }

    @Test
    void areNoTelephoneNumbers() {
        assertThat(PlainText.Check.holdsCardNumber("+49 1512 3456787")).isTrue();
        assertThat(validator.validate(new Phone("+49 1512 3456787"))).isEmpty();
        for (var number : List.of("+" + CARD, CARD, "4915123456787"))
            assertThatThrownBy(() -> validator.validate(new Phone(number)))
                    .as(number)
                    .hasCauseInstanceOf(Refusal.class);
    }

    private record Phone(@PlainText(phone = true) String number) {}

    private void tryParameters(Api staff, String operation, String type, JsonNode parameters, @Nullable JsonNode body) {
        for (var parameter : parameters) {
            var name = parameter.get("name").asString();
            var text = "string".equals(parameter.at("/schema/type").asString(""));
            // What an address names is looked up and not there: 404.
            if (!text
                    || isException(operation, name)
                    || "path".equals(parameter.get("in").asString())) continue;
            var header = "header".equals(parameter.get("in").asString());
            expectRefusal(
                    operation,
                    name,
                    send(
                            staff,
                            operation,
                            header ? "" : "?" + name + "=" + CARD,
                            body,
                            "Content-Type",
                            type,
                            header ? name : "X",
                            CARD));
        }
    }

    /** Each text in turn: as a text, and as the bare number that a careless client makes of it. */
    private void tryFields(Api staff, String operation, JsonNode body) {
        eachText("", body, field -> {
            if (isException(operation, field.name())) return;
            for (JsonNode card : List.of(
                    JsonNodeFactory.instance.stringNode(CARD),
                    JsonNodeFactory.instance.numberNode(Long.parseLong(CARD)))) {
                var before = field.replace(card);
                expectRefusal(
                        operation, field.name() + " as a " + card.getNodeType(), send(staff, operation, "", body));
                field.replace(before);
            }
        });
    }

    private void expectRefusal(String operation, String where, Api.Answer answer) {
        tried++;
        var refused = answer.status() == 422
                && answer.at("/code").equals("card_data_refused")
                && !answer.text().contains(CARD);
        if (!refused) accepted.add(operation + " " + where + ": " + answer.status() + " " + answer.text());
    }

    /** @param headers names and values in turn; the others that operations need are added */
    private static Api.Answer send(
            Api staff, String operation, String query, @Nullable JsonNode body, String... headers) {
        var parts = operation.split(" ", 2);
        var path = parts[1].replaceAll("\\{[iI]d}", "1").replaceAll("\\{[A-Za-z]+}", "stripe") + query;
        var all = new ArrayList<>(List.of(headers));
        if (!all.contains("If-Match")) all.addAll(List.of("If-Match", "\"1\""));
        if (!all.contains("Idempotency-Key"))
            all.addAll(List.of("Idempotency-Key", UUID.randomUUID().toString()));
        return staff.send(parts[0], path, body == null ? null : body.toString(), all.toArray(String[]::new));
    }

    private static boolean isException(String operation, String name) {
        var last = name.substring(name.lastIndexOf('.') + 1);
        return EXCEPTIONS.containsKey(last) || EXCEPTIONS.containsKey(operation + " " + name);
    }

    /** A text in a body, that can be exchanged. */
    private record Field(String name, JsonNode holder, String member) {
        /** @return what stood there */
        JsonNode replace(JsonNode value) {
            return ((ObjectNode) holder).replace(member, value);
        }
    }

    private static void eachText(String name, JsonNode node, Consumer<Field> consumer) {
        for (var member : List.copyOf(node.properties())) {
            var path = name.isEmpty() ? member.getKey() : name + "." + member.getKey();
            if (member.getValue().isString()) consumer.accept(new Field(path, node, member.getKey()));
            else if (member.getValue().isArray()) member.getValue().forEach(item -> eachText(path, item, consumer));
            else eachText(path, member.getValue(), consumer);
        }
    }

    /** What a schema describes, with every member there. */
    private static JsonNode example(JsonNode document, JsonNode schema) {
        if (schema.has("$ref"))
            return example(document, document.at(schema.get("$ref").asString().substring(1)));
        for (var choice : Set.of("allOf", "anyOf", "oneOf"))
            if (schema.has(choice)) return example(document, schema.get(choice).get(0));
        if (schema.has("example")) return schema.get("example");
        if (schema.has("enum")) return schema.get("enum").get(0);
        if (schema.path("format").asString("").equals("date-time"))
            return JsonNodeFactory.instance.stringNode("2026-12-24T12:00:00Z");
        var type = schema.path("type");
        return switch (type.isArray() ? type.get(0).asString() : type.asString("object")) {
            case "object" -> {
                var object = JsonNodeFactory.instance.objectNode();
                schema.path("properties")
                        .properties()
                        .forEach(member -> object.set(member.getKey(), example(document, member.getValue())));
                if (schema.path("additionalProperties").isObject())
                    object.set("redirectResult", example(document, schema.get("additionalProperties")));
                yield object;
            }
            case "array" -> JsonNodeFactory.instance.arrayNode().add(example(document, schema.get("items")));
            case "integer", "number" -> JsonNodeFactory.instance.numberNode(1);
            case "boolean" -> JsonNodeFactory.instance.booleanNode(false);
            default -> JsonNodeFactory.instance.stringNode("abc");
        };
    }

    /** In files each row is refused by itself. */
    private static void tryFiles(Api staff) {
        var invoices = """
                InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
                CC1,85123A,card %1$s,1,2010-12-01 08:26:00,2.55,17850,United Kingdom
                CC2,85123A,MUG,%1$s,2010-12-01 08:26:00,2.55,17850,United Kingdom
                CC3,85123A,MUG,1,%1$s,2.55,17850,United Kingdom
                CC4,85123A,MUG,1,2010-12-01 08:26:00,%1$s,17850,United Kingdom
                CC5,85123A,MUG,1,2010-12-01 08:26:00,2.55,%1$s,United Kingdom
                CC6,85123A,MUG,1,2010-12-01 08:26:00,2.55,17850,%1$s
                """.formatted(CARD);
        var report = staff.post("/orders/import", invoices, "Content-Type", "text/csv; charset=utf-8");
        assertThat(reasonsIn(report))
                .as(report.text())
                .containsExactlyInAnyOrder("bad_text", "bad_number", "bad_time", "bad_number", "bad_text", "bad_text");
        assertThat(report.text()).doesNotContain(CARD);
        var orders = """
                {"external_id": "CC7", "placed_at": "2010-12-01T08:26:00Z", "currency": "GBP", "customer": "%1$s", "lines": [{"sku": "A", "quantity": 1, "unit_price": {"amount": 1, "currency": "GBP"}}]}
                {"external_id": "CC8", "placed_at": "2010-12-01T08:26:00Z", "currency": "GBP", "card": "%1$s", "lines": []}
                """.formatted(CARD);
        var read = staff.post("/orders/import", orders, "Content-Type", "application/x-ndjson");
        assertThat(reasonsIn(read)).as(read.text()).containsExactly("not_an_order", "not_an_order");
        assertThat(read.text()).doesNotContain(CARD);
        var articles = "sku,name,description,price_GBP\nCARD-1,Mug,call %s,1\n".formatted(CARD);
        var catalogue = staff.post("/products/import", articles, "Content-Type", "text/csv");
        assertThat(catalogue.text()).contains("card_data_refused").doesNotContain(CARD);
    }

    private static List<String> reasonsIn(Api.Answer report) {
        return report.json()
                .path("set_aside")
                .valueStream()
                .map(line -> line.path("reason").asString(""))
                .toList();
    }

    /** The columns of the whole database, as its owner sees them, where this stands. */
    private static List<String> columnsWith(String text) throws SQLException {
        var found = new ArrayList<String>();
        try (var connection = TestDatabase.owner().getConnection();
                var question = connection.createStatement();
                var search = connection.createStatement();
                var columns = question.executeQuery("""
                        SELECT format('%I.%I', table_schema, table_name), quote_ident(column_name), data_type
                        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
                            AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'bytea')
                        """)) {
            var searched = 0;
            while (columns.next()) {
                searched++;
                var value = columns.getString(3).equals("bytea")
                        ? "encode(" + columns.getString(2) + ", 'escape')"
                        : columns.getString(2) + "::text";
                try (var hits = search.executeQuery("SELECT count(*) FROM %s WHERE position('%s' IN %s) > 0"
                        .formatted(columns.getString(1), text, value))) {
                    hits.next();
                    if (hits.getLong(1) > 0) found.add(columns.getString(1) + "." + columns.getString(2));
                }
            }
            assertThat(searched).isGreaterThan(50);
        }
        return found;
    }
}
