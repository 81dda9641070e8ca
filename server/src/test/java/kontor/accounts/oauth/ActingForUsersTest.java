package kontor.accounts.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.oauth.TestClients.TestClient;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import kontor.web.FreshLogin;
import kontor.web.Requires;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** What clients do for a user is the user's, and told apart from what the user does. */
@KontorTest
class ActingForUsersTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestClients clients;

    @Autowired
    TestShop shop;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping operations;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private final String key = UUID.randomUUID().toString();
    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void neitherIsHandedTheAnswersOfTheOther() {
        var sku = shop.article(100, 10);
        var placed = new ArrayList<String>();
        for (var token : List.of(ann.token(), token("orders:place"), token("orders:place"))) {
            var answer = api.as(token).post("/orders", order(sku), "Idempotency-Key", key);
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            assertThat(answer.header("Idempotent-Replayed")).isEmpty();
            placed.add(answer.at("/id"));
        }
        assertThat(placed).doesNotHaveDuplicates();
        assertThat(shop.available(sku)).isEqualTo(7);
        assertThat(api.as(ann).get("/orders").json().get("items")).hasSize(3); // all are hers
    }

    @Test
    void aClientGetsItsOwnAnswerAgainWhateverTokenItHas() {
        var client = clients.trusted("openid", "orders:place");
        var sku = shop.article(100, 10);
        var first = api.as(token(client)).post("/orders", order(sku), "Idempotency-Key", key);
        var again = api.as(token(client)).post("/orders", order(sku), "Idempotency-Key", key);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.at("/id")).isEqualTo(first.at("/id"));
        assertThat(shop.available(sku)).isEqualTo(9);
    }

    @Test
    void aClientWithoutTheScopeIsNotToldWhatItsUserWasAnswered() {
        var clerk = users.with("catalog:write");
        var product = product(key);
        assertThat(api.as(clerk)
                        .post("/products", product, "Idempotency-Key", key)
                        .status())
                .isEqualTo(201);
        var reader = clients.tokens(clients.trusted("openid", "orders:read"), "openid orders:read", clerk)
                .at("/access_token");
        var refused = api.as(reader).post("/products", product, "Idempotency-Key", key);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void historiesAndTheAuditLogNameTheClientBesideTheUser() {
        var clerk = users.with("catalog:write");
        var client = clients.trusted("openid", "catalog:write");
        var token = clients.tokens(client, "openid catalog:write", clerk).at("/access_token");
        var made = api.as(token).post("/products", product(key), "Idempotency-Key", key);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var actor = "user:" + clerk.id() + " client:" + client.id();
        assertThat(owner.sql("SELECT actor || ' ' || user_id FROM auditlog.acts WHERE subject = ?")
                        .param("product:" + made.at("/id"))
                        .query(String.class)
                        .list())
                .containsExactly(actor + " " + clerk.id());

        var own = api.as(clerk).delete("/products/" + made.at("/id"));
        assertThat(own.status()).isEqualTo(204);
        var auditor = api.as(users.with("audit:read"));
        assertThat(acts(auditor, actor)).containsExactly("products.create");
        assertThat(acts(auditor, "user:" + clerk.id())).containsExactly("products.archive", "products.create");
        assertThat(acts(auditor, "user:" + (clerk.id() + "0"))).isEmpty();
        assertThat(acts(auditor, "client:" + client.id())).isEmpty(); // it did nothing for itself

        var order = api.as(token("orders:place")).post("/orders", order(shop.article(100, 5)), "Idempotency-Key", key);
        assertThat(api.as(users.with("orders:read"))
                        .get("/orders/" + order.at("/id") + "/timeline")
                        .at("/items/0/actor"))
                .startsWith("user:" + ann.id() + " client:");
    }

    @Test
    void whatClientsWereAnsweredIsForgottenWithTheirUser() {
        var clerk = users.with("catalog:write");
        var neighbour = users.with("catalog:write");
        var client = clients.trusted("openid", "catalog:write");
        for (var user : List.of(clerk, neighbour)) {
            var token = clients.tokens(client, "openid catalog:write", user).at("/access_token");
            for (var bearer : List.of(token, user.token())) {
                var sku = UUID.randomUUID().toString();
                assertThat(api.as(bearer)
                                .post("/products", product(sku), "Idempotency-Key", sku)
                                .status())
                        .isEqualTo(201);
            }
            assertThat(answers(user)).isEqualTo(2);
        }
        assertThat(api.as(clerk).delete("/users/me").status()).isEqualTo(204);
        assertThat(answers(clerk)).isZero();
        assertThat(answers(neighbour)).isEqualTo(2);
    }

    /** Whatever its user may do: they have logged in, and the client has not. */
    @Test
    void whatNeedsAFreshLoginIsNotForClients() {
        var boss = users.admin();
        var tried = new ArrayList<String>();
        operations.getHandlerMethods().forEach((mapping, handler) -> {
            var permission = handler.getMethodAnnotation(Requires.class);
            if (permission == null || handler.getMethodAnnotation(FreshLogin.class) == null) return;
            var client = clients.trusted("openid", permission.value());
            var machine = clients.machine(permission.value());
            var tokens = List.of(
                    clients.tokens(client, permission.value(), boss).at("/access_token"),
                    clients.machineToken(machine, permission.value()));
            for (var method : mapping.getMethodsCondition().getMethods())
                for (var path : mapping.getPatternValues())
                    for (var token : tokens) {
                        var address = path.replaceAll("\\{[A-Za-z_]+}", "999999999");
                        var refused = api.as(token).send(method.name(), address, "{}", "If-Match", "*");
                        assertThat(refused.status()).as("%s %s", method, path).isEqualTo(403);
                        assertThat(refused.at("/code"))
                                .as("%s %s", method, path)
                                .isEqualTo("login_required");
                        tried.add(method + " " + path);
                    }
        });
        assertThat(tried).contains("POST /oauth-clients", "POST /roles", "PUT /users/{id}/roles");
    }

    private String token(String scope) {
        return token(clients.trusted("openid", scope));
    }

    private String token(TestClient client) {
        return clients.tokens(client, "openid orders:place", ann).at("/access_token");
    }

    private int answers(TestUser user) {
        return owner.sql("""
                        SELECT count(*) FROM idempotency.keys
                        WHERE answer IS NOT NULL AND (principal = :user OR starts_with(principal, :user || ' '))
                        """)
                .param("user", "user:" + user.id())
                .query(Integer.class)
                .single();
    }

    private static List<String> acts(Api auditor, String actor) {
        var query = java.net.URLEncoder.encode(actor, java.nio.charset.StandardCharsets.UTF_8);
        var found = auditor.get("/audit/log?action=products.*&actor=" + query);
        assertThat(found.status()).as(found.text()).isEqualTo(200);
        return found.json()
                .get("items")
                .valueStream()
                .map(act -> act.at("/action").asString())
                .toList();
    }

    private static Map<String, ?> product(String unique) {
        var prices = List.of(Map.of("amount", 100, "currency", "GBP"));
        return Map.of(
                "name", "Product " + unique, "variants", List.of(Map.of("sku", "SKU-" + unique, "prices", prices)));
    }

    private static Map<String, ?> order(String sku) {
        return Map.of(
                "currency", "GBP",
                "lines", List.of(Map.of("sku", sku, "quantity", 1)),
                "shipping_address", Map.of("name", "Ann Lee", "line1", "1 High St", "city", "Leeds", "country", "GB"),
                "payment", Map.of("method", "invoice"));
    }
}
