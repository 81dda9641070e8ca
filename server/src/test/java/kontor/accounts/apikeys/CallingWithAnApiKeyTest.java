package kontor.accounts.apikeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.apikeys.Keys.MadeKey;
import kontor.accounts.sessions.ApiKeyForm;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import kontor.web.SignedIn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

@KontorTest
class CallingWithAnApiKeyTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestShop shop;

    @Autowired
    Keys keys;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping operations;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser clerk;

    @BeforeEach
    void hireClerk() {
        clerk = users.with("users:read", "inventory:read");
    }

    @Test
    void aKeyMayDoWhatItsScopesSayAndNoMore() {
        var program = api.as(keys.of(clerk, "users:read").text());
        assertThat(program.get("/users?limit=1").status()).isEqualTo(200);
        assertThat(program.get("/users/me").at("/id")).isEqualTo(Long.toString(clerk.id()));
        assertThat(api.as(clerk).get("/locations").status()).isEqualTo(200);
        assertThat(program.get("/locations").at("/code")).isEqualTo("forbidden");
        assertThat(api.as(clerk).get("/orders").status()).isEqualTo(200);
        assertThat(program.get("/orders").at("/code")).isEqualTo("insufficient_scope");
        assertThat(program.post("/orders", order(shop.article(100, 5))).at("/code"))
                .isEqualTo("insufficient_scope");
    }

    @Test
    void aKeyOfSomebodyWhoMayDoEverythingMayNot() {
        var program = api.as(keys.of(users.admin(), "inventory:read").text());
        assertThat(program.get("/locations").status()).isEqualTo(200);
        assertThat(program.get("/users").status()).isEqualTo(403);
        assertThat(program.get("/users/me").status()).isEqualTo(403);
    }

    /** Keys, sessions, passwords and what else only somebody who has logged in does. */
    @Test
    void whatNobodyLetsAProgramDoIsNotForKeys() {
        var program = api.as(keys.of(users.admin(), "users:read", "api-keys:write", "sessions:end")
                .text());
        var tried = new ArrayList<String>();
        operations.getHandlerMethods().forEach((mapping, handler) -> {
            var signedIn = handler.getMethodAnnotation(SignedIn.class);
            if (signedIn == null || !signedIn.scope().isEmpty()) return;
            for (var method : mapping.getMethodsCondition().getMethods())
                for (var path : mapping.getPatternValues()) {
                    var address =
                            path.replaceAll("\\{[a-z_]+}", UUID.randomUUID().toString());
                    var answer =
                            program.send(method.name(), address, method.name().equals("GET") ? null : "{}");
                    assertThat(answer.at("/code")).as("%s %s", method, path).isEqualTo("insufficient_scope");
                    tried.add(method + " " + path);
                }
        });
        assertThat(tried).contains("POST /api-keys", "GET /sessions", "POST /logout", "POST /logout/everywhere");
    }

    @Test
    void badKeysAreRefusedAsBadTokensAre() {
        var good = keys.of(clerk, "users:read").text();
        var expected = Keys.told(api.as("forged").get("/users/me"));
        assertThat(expected).startsWith("401 ").contains("invalid_token");
        var last = good.charAt(good.length() - 1);
        var bad = List.of(
                ApiKeyForm.random(),
                good.substring(0, good.length() - 1),
                good.substring(0, good.length() - 1) + (last == 'A' ? 'B' : 'A'),
                good + "A",
                good + "=",
                " " + good,
                good.substring(1),
                "kontor_",
                "kontor_" + good,
                good.toLowerCase(Locale.ROOT),
                good.toUpperCase(Locale.ROOT),
                "KONTOR_" + good.substring(7),
                "Kontor_" + good.substring(7),
                good.replace('_', '-'),
                good.substring(7),
                "kontor_" + "a".repeat(100_000 / 20));
        for (var key : bad) {
            assertThat(Keys.told(api.as(key).get("/users/me"))).as(key).isEqualTo(expected);
            assertThat(api.as(key).get("/products?limit=1").status()).as(key).isEqualTo(401);
        }
        assertThat(api.as(good).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void keysOutsideTheHeaderAreNotRead() {
        var key = keys.of(clerk, "users:read").text();
        for (var path : List.of("/users/me?api_key=", "/users/me?access_token=", "/users/me?key="))
            assertThat(api.get(path + key).at("/code")).isEqualTo("unauthorized");
        for (var cookie : List.of("__Host-session=", "api_key=", "access_token="))
            assertThat(api.get("/users/me", "Cookie", cookie + key).at("/code")).isEqualTo("unauthorized");
        assertThat(api.get("/users/me", "X-Api-Key", key).at("/code")).isEqualTo("unauthorized");
        assertThat(api.get("/users/me", "Authorization", "Basic " + key).at("/code"))
                .isEqualTo("unauthorized");
        assertThat(api.get("/users/me", "Authorization", "bearer " + key).status())
                .isEqualTo(200);
    }

    /** As another node does it, or staff: this one is not told, and looks again by itself. */
    @Test
    void aKeyIsGoodNoMoreOnceItOrItsUserIs() throws InterruptedException {
        var revoked = keys.of(clerk, "users:read");
        var expired = keys.of(clerk, "users:read");
        var disabled = users.with("users:read");
        var erased = users.with("users:read");
        var demoted = users.with("users:read", "inventory:read");
        var ofDisabled = keys.of(disabled, "users:read");
        var ofErased = keys.of(erased, "users:read");
        var ofDemoted = keys.of(demoted, "users:read");
        var untouched = keys.of(clerk, "users:read");
        for (var key : List.of(revoked, expired, ofDisabled, ofErased, ofDemoted, untouched))
            assertThat(look(key)).isEqualTo(200);

        change("UPDATE accounts.api_keys SET revoked_at = now() WHERE id = ?", revoked.id());
        change(
                "UPDATE accounts.api_keys SET created_at = now() - interval '1 day', expires_at = now() WHERE id = ?",
                expired.id());
        change("UPDATE accounts.users SET disabled_at = now() WHERE id = ?", disabled.id());
        change(
                "UPDATE accounts.users SET erased_at = now(), name = 'Erased', email = 'erased:' || id, password_hash = NULL WHERE id = ?",
                erased.id());
        change("DELETE FROM accounts.user_roles WHERE user_id = ?", demoted.id());
        awaitStatus(revoked, 401);
        awaitStatus(expired, 401);
        awaitStatus(ofDisabled, 401);
        awaitStatus(ofErased, 401);
        awaitStatus(ofDemoted, 403);
        assertThat(api.as(ofDemoted.text()).get("/users/me").status()).isEqualTo(200);
        assertThat(look(untouched)).isEqualTo(200);
    }

    @Test
    void eachKeyHasARateLimitOfItsOwn() {
        var slow = Keys.made(api.as(clerk)
                .post("/api-keys", Map.of("name", "Slow", "scopes", List.of("users:read"), "requests_per_second", 1)));
        var other = keys.of(clerk, "users:read");
        var answers = new ArrayList<Api.Answer>();
        for (var i = 0; i < 100; i++) answers.add(api.as(slow.text()).get("/users/me"));
        assertThat(answers.getFirst().status()).isEqualTo(200);
        assertThat(answers).anySatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.at("/code")).isEqualTo("rate_limited");
        });
        assertThat(api.as(other.text()).get("/users/me").status()).isEqualTo(200);
        assertThat(api.as(clerk).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void programsOfOneUserDoNotGetEachOthersAnswers() {
        var sku = shop.article(100, 10);
        var buyer = users.customer();
        var one = keys.of(buyer, "orders:place");
        var two = keys.of(buyer, "orders:place");
        var idempotencyKey = UUID.randomUUID().toString();
        var placed = new ArrayList<String>();
        for (var token : List.of(one.text(), two.text(), buyer.token())) {
            var answer = api.as(token).post("/orders", order(sku), "Idempotency-Key", idempotencyKey);
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            placed.add(answer.at("/id"));
        }
        assertThat(placed).doesNotHaveDuplicates();
        var again = api.as(one.text()).post("/orders", order(sku), "Idempotency-Key", idempotencyKey);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.at("/id")).isEqualTo(placed.getFirst());
        assertThat(shop.available(sku)).isEqualTo(7);
    }

    @Test
    void whatAKeyMakesIsItsUsersAndItsHistoryNamesTheKey() {
        var buyer = users.customer();
        var key = keys.of(buyer, "orders:place");
        var placed = api.as(key.text())
                .post(
                        "/orders",
                        order(shop.article(100, 5)),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(api.as(buyer).get("/orders/" + placed.at("/id")).status()).isEqualTo(200);
        var timeline = api.as(users.with("orders:read")).get("/orders/" + placed.at("/id") + "/timeline");
        assertThat(timeline.at("/items/0/actor")).isEqualTo(key.principal());
    }

    private static Map<String, ?> order(String sku) {
        return Map.of(
                "currency", "GBP",
                "lines", List.of(Map.of("sku", sku, "quantity", 1)),
                "shipping_address", Map.of("name", "Ann Lee", "line1", "1 High St", "city", "Leeds", "country", "GB"),
                "payment", Map.of("method", "invoice"));
    }

    private int look(MadeKey key) {
        return api.as(key.text()).get("/users?limit=1").status();
    }

    private void awaitStatus(MadeKey key, int status) throws InterruptedException {
        var deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (look(key) != status && System.nanoTime() < deadline) Thread.sleep(100);
        assertThat(look(key)).isEqualTo(status);
    }

    private void change(String sql, long id) {
        assertThat(owner.sql(sql).param(id).update()).isPositive();
    }
}
