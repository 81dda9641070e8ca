package kontor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.docs.Endpoints.Operation;
import kontor.orders.TestShop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of operations and roles in docs/permissions.md, walked over HTTP: every operation that the API describes, by
 * nobody and by every built-in role. What would change something carries a card number in its address, which is refused
 * behind the decision who may call it and before the operation itself: so that nothing moves, whoever is let in.
 */
@KontorTest
class WhoMayDoWhatTest {
    private static final String LET_IN = "card_data_refused";
    private static final String CARD_NUMBER = "?note=4242424242424242";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestShop shop;

    @Autowired
    DataSource database;

    private List<Operation> operations = List.of();
    private JsonNode document = new JsonMapper().createObjectNode();
    private final Map<String, String> somebodyElses = new HashMap<>();

    @BeforeEach
    void read() {
        document = api.get("/openapi.json").json();
        operations = new Endpoints(document).operations();
        buySomething();
    }

    private void buySomething() {
        var buyer = users.customer();
        var order = api.as(buyer).post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 1}],
                         "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_visa",
                                     "return_url": "https://shop.example/back"}}
                        """.formatted(shop.article(255, 10)), "Idempotency-Key", key());
        assertThat(order.status()).as(order.text()).isEqualTo(201);
        var refund = api.as(users.admin())
                .post("/orders/" + order.at("/id") + "/refunds", Map.of("reason", "other"), "Idempotency-Key", key());
        assertThat(refund.status()).as(refund.text()).isEqualTo(201);
        somebodyElses.put("/orders/{id}", "/orders/" + order.at("/id"));
        somebodyElses.put("/refunds/{refundId}", "/refunds/" + refund.at("/id"));
        somebodyElses.put("/payments/{id}", "/payments/" + order.at("/payments/0/id"));
        somebodyElses.put("/users/{id}", "/users/" + buyer.id());
    }

    @Test
    void nobodyIsLetInWithoutALoginWhereTheTableAsksForOne() {
        var before = everything();
        var wrong = new ArrayList<String>();
        for (var operation : operations) {
            var answer = call(api, operation);
            if (!asSaid(operation, operation.isOpen() ? Endpoints.MAY : Endpoints.REFUSED, 401, answer))
                wrong.add("%s: %s".formatted(operation.call(), answer));
        }
        assertThat(wrong).isEmpty();
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void everyRoleIsLetInAsFarAsTheTableSays() {
        var roles = BuiltInRole.in(database);
        assertThat(roles)
                .extracting(BuiltInRole::name)
                .startsWith("customer")
                .endsWith("admin")
                .hasSize(6);
        var wrong = new ArrayList<String>();
        for (var role : roles) {
            var caller = api.as(role.name().equals("admin") ? users.admin() : users.having(role.name()));
            var before = everything();
            for (var operation : operations) {
                var answer = call(caller, operation);
                if (!asSaid(operation, operation.reach(role.permissions()), 403, answer))
                    wrong.add("%s as %s: %s".formatted(operation.call(), role.name(), answer));
            }
            assertThat(everything()).as(role.name()).isEqualTo(before);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theTableSaysOfEveryOperationHowFarEveryRoleComes() {
        var table = new Endpoints(document).roles(BuiltInRole.in(database));
        assertThat(table.lines()).hasSize(operations.size() + 2);
        assertThat(table)
                .contains(
                        "| Call | no login | `customer` | `catalog` | `warehouse` | `support` | `finance` | `admin` |")
                .contains("| `GET /orders/{id}` |  | own | own | all | all | all | all |")
                .contains("| `POST /products` |  |  | ✓ |  |  |  | ✓ |")
                .contains("| `POST /roles` |  |  |  |  |  |  | ✓ |")
                .contains("| `GET /products` | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ |");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/admin",
                "/actuator",
                "/actuator/health",
                "/actuator/env",
                "/error",
                "/.env",
                "/users/me/password-hash",
                "/orders/1/secrets",
                "/roles/admin/users",
                "/permissions/orders",
            })
    void whatTheApiDoesNotDescribeIsNotThere(String path) {
        for (var caller : List.of(api, api.as(users.customer()), api.as(users.admin())))
            for (var method : List.of("GET", "POST", "PUT", "DELETE")) {
                var answer = caller.send(method, path, method.equals("GET") ? null : "{}");
                assertThat(answer.status()).as("%s %s", method, path).isEqualTo(404);
                assertThat(answer.at("/code")).isEqualTo("not_found");
            }
    }

    private boolean asSaid(Operation operation, String reach, int refusedWith, Api.Answer answer) {
        var code = answer.header("Content-Type").startsWith("application/problem+json") ? answer.at("/code") : "";
        if (reach.equals(Endpoints.REFUSED))
            return answer.status() == refusedWith && code.equals(refusedWith == 401 ? "unauthorized" : "forbidden");
        if (!isReading(operation)) return code.equals(LET_IN);
        if (code.equals("unauthorized") || code.equals("forbidden")) return false;
        if (!operation.path().contains("{") || !isKnown(operation)) return answer.status() < 500;
        return switch (reach) {
            case Endpoints.OWN -> answer.status() == 404;
            case Endpoints.ALL -> answer.status() == 200;
            default -> true;
        };
    }

    private Api.Answer call(Api caller, Operation operation) {
        if (isReading(operation)) return caller.get(addressOf(operation));
        var type = contentTypeOf(operation);
        var address = operation.path().replaceAll("\\{[^}]*}", "999999999999") + CARD_NUMBER;
        var method = operation.method().toUpperCase(Locale.ROOT);
        return type == null
                ? caller.send(method, address, null)
                : caller.send(method, address, type.endsWith("json") ? "{}" : "", "Content-Type", type);
    }

    /** What one may see of one's own or of everybody's is asked for by what somebody else has; the rest by what nobody has. */
    private String addressOf(Operation operation) {
        var address = operation.path();
        if (isKnown(operation))
            for (var each : somebodyElses.entrySet()) address = address.replace(each.getKey(), each.getValue());
        return address.replaceAll("\\{[^}]*}", "999999999999");
    }

    private boolean isKnown(Operation operation) {
        return !operation.wider().isEmpty() && somebodyElses.keySet().stream().anyMatch(operation.path()::startsWith);
    }

    private static boolean isReading(Operation operation) {
        return operation.method().equals("get");
    }

    private static @Nullable String contentTypeOf(Operation operation) {
        var types = operation.described().at("/requestBody/content").propertyNames();
        return types.isEmpty() ? null : types.iterator().next();
    }

    /** How much there is of what requests bring into the world. */
    private List<Long> everything() {
        return List.of(
                        "accounts.users",
                        "accounts.roles",
                        "accounts.user_roles",
                        "catalog.products",
                        "inventory.locations",
                        "inventory.movements",
                        "ledger.accounts",
                        "ledger.adjustments",
                        "orders.orders",
                        "orders.refunds",
                        "orders.imports")
                .stream()
                .map(table -> JdbcClient.create(database)
                        .sql("SELECT count(*) FROM " + table)
                        .query(Long.class)
                        .single())
                .toList();
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }
}
