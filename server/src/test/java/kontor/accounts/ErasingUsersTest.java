package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class ErasingUsersTest {
    private static final String STREET = "Street of the erased 17";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestShop shop;

    @Autowired
    JdbcClient jdbc;

    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void takesThePersonOutAndLeavesTheBooks() {
        var order = placeOrder();
        assertThat(api.as(ann)
                        .post("/orders/" + order + "/cancel", "{}", "Idempotency-Key", newKey())
                        .status())
                .isEqualTo(200);
        api.post("/password-resets", Map.of("email", ann.email()));
        var token = TestMail.tokenIn(TestMail.textsTo(ann.email(), 1).getFirst());
        var session = api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD));
        api.as(ann).patch("/users/me", Map.of("locale", "de", "time_zone", "UTC"), "If-Match", "*");
        var history = count("SELECT count(*) FROM orders.history WHERE order_id = " + order);

        assertThat(api.as(ann).delete("/users/me").status()).isEqualTo(204);
        for (var bearer : List.of(ann.token(), session.at("/access_token")))
            assertThat(api.as(bearer).get("/users/me").status()).isEqualTo(401);
        assertThat(api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD))
                        .at("/code"))
                .isEqualTo("invalid_credentials");
        assertThat(api.post("/password-resets/confirm", Map.of("token", token, "password", "a new and long passphrase"))
                        .status())
                .isEqualTo(422);
        for (var table : List.of("sessions", "devices", "one_time_tokens", "user_roles"))
            assertThat(count("SELECT count(*) FROM accounts." + table + " WHERE user_id = " + ann.id()))
                    .as(table)
                    .isZero();
        assertThat(rowsThatSay(ann.email())).isEmpty();
        assertThat(rowsThatSay(STREET)).isEmpty();

        var admin = api.as(users.with("users:read", "orders:read"));
        var row = admin.get("/users/" + ann.id());
        assertThat(row.at("/state")).isEqualTo("erased");
        assertThat(row.at("/email")).isEqualTo("erased:" + ann.id());
        assertThat(admin.get("/users?state=erased&query=erased:" + ann.id())
                        .json()
                        .get("items"))
                .hasSize(1);
        assertThat(admin.get("/users?query=erased:" + ann.id()).json().get("items"))
                .isEmpty();
        var kept = admin.get("/orders/" + order);
        assertThat(kept.at("/total/amount")).isEqualTo("510");
        assertThat(kept.at("/customer_id")).isEqualTo(Long.toString(ann.id()));
        assertThat(kept.at("/shipping_address/line1")).isEmpty();
        assertThat(count("SELECT count(*) FROM orders.history WHERE order_id = " + order))
                .isEqualTo(history);
    }

    @Test
    void waitsForOpenOrdersAndErasesNothingBefore() {
        var order = placeOrder();
        var answer = api.as(ann).delete("/users/me");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("open_orders");
        var byStaff = api.as(users.admin()).delete("/users/" + ann.id());
        assertThat(byStaff.at("/code")).isEqualTo("open_orders");
        assertThat(api.as(ann).get("/users/me").at("/email")).isEqualTo(ann.email());
        assertThat(api.as(ann).get("/orders/" + order).at("/shipping_address/line1"))
                .isEqualTo(STREET);
        assertThat(api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void isTheOwnersOrStaffsAndOnceMoreDoesNothing() {
        var bob = users.customer();
        assertThat(api.as(bob).delete("/users/" + ann.id()).status()).isEqualTo(404);
        assertThat(api.as(users.with("users:read", "users:write"))
                        .delete("/users/" + ann.id())
                        .status())
                .isEqualTo(404);
        assertThat(api.delete("/users/" + ann.id()).status()).isEqualTo(401);
        assertThat(api.as(ann).get("/users/me").status()).isEqualTo(200);
        var clerk = api.as(users.with("users:delete"));
        assertThat(clerk.delete("/users/" + users.admin().id()).at("/code")).isEqualTo("beyond_own_rights");
        for (var i = 0; i < 2; i++)
            assertThat(clerk.delete("/users/" + ann.id()).status()).isEqualTo(204);
        assertThat(clerk.delete("/users/" + Long.MAX_VALUE).status()).isEqualTo(404);
        assertThat(count("SELECT count(*) FROM auditlog.acts WHERE action = 'users.erase' AND subject = 'user:"
                        + ann.id() + "'"))
                .isEqualTo(1);
    }

    @Test
    void freesTheAddress() {
        assertThat(api.as(ann).delete("/users/me").status()).isEqualTo(204);
        var again = api.post("/users", Map.of("name", "Ann", "email", ann.email(), "password", TestUsers.PASSWORD));
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.at("/id")).isNotEqualTo(Long.toString(ann.id()));
        assertThat(api.as(users.admin())
                        .get("/users/" + again.at("/id") + "/orders")
                        .json()
                        .get("items"))
                .isEmpty();
    }

    @Test
    void leavesNoWayBackIn() {
        assertThat(api.as(ann).delete("/users/me").status()).isEqualTo(204);
        var admin = api.as(users.admin());
        assertThat(admin.post("/users/" + ann.id() + "/enable", null).status()).isEqualTo(404);
        assertThat(admin.patch("/users/" + ann.id(), Map.of("name", "Ann"), "If-Match", "*")
                        .status())
                .isEqualTo(404);
        assertThat(admin.post("/users/" + ann.id() + "/email", Map.of("email", ann.email()))
                        .status())
                .isEqualTo(404);
        assertThat(api.post("/password-resets", Map.of("email", "erased:" + ann.id()))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void givesThePersonAllThatIsKeptFirst() {
        var order = placeOrder();
        var export = api.as(ann).get("/users/" + ann.id() + "/export");
        assertThat(export.status()).as(export.text()).isEqualTo(200);
        assertThat(export.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"kontor-user-" + ann.id() + ".json\"");
        assertThat(export.at("/profile/email")).isEqualTo(ann.email());
        assertThat(export.json().get("sessions")).isNotEmpty();
        assertThat(export.at("/records/orders/0/order/id")).isEqualTo(order);
        assertThat(export.at("/records/orders/0/order/shipping_address/line1")).isEqualTo(STREET);
        assertThat(export.json().at("/records/orders/0/refunds").isArray()).isTrue();
        assertThat(export.text()).doesNotContain("argon2", "password", ann.token());
        assertThat(api.as(users.customer())
                        .get("/users/" + ann.id() + "/export")
                        .status())
                .isEqualTo(404);
        assertThat(api.get("/users/" + ann.id() + "/export").status()).isEqualTo(401);
        assertThat(api.as(users.with("users:read"))
                        .get("/users/" + ann.id() + "/export")
                        .status())
                .isEqualTo(200);
        assertThat(count("SELECT count(*) FROM auditlog.acts WHERE action = 'users.export' AND subject = 'user:"
                        + ann.id() + "'"))
                .isEqualTo(2);
    }

    private String placeOrder() {
        var answer = api.as(ann)
                .post(
                        "/orders",
                        Map.of(
                                "currency", "GBP",
                                "lines", List.of(Map.of("sku", shop.article(255, 10), "quantity", 2)),
                                "email", ann.email(),
                                "shipping_address",
                                        Map.of("name", ann.name(), "line1", STREET, "city", "Leeds", "country", "GB"),
                                "payment", Map.of("method", "invoice")),
                        "Idempotency-Key",
                        newKey());
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.at("/id");
    }

    private List<String> rowsThatSay(String text) {
        return JdbcClient.create(TestDatabase.owner())
                .sql("""
                        SELECT 'user ' || id FROM accounts.users WHERE users::text LIKE :text
                        UNION ALL SELECT 'order ' || id FROM orders.orders WHERE customer_id = :id AND orders::text LIKE :text
                        UNION ALL SELECT 'key ' || key FROM idempotency.keys
                        WHERE principal = 'user:' || :id AND encode(coalesce(answer, ''), 'escape') LIKE :text
                        UNION ALL SELECT 'mail ' || id FROM mail.outgoing WHERE outgoing::text LIKE :text
                        UNION ALL SELECT 'request ' || id FROM accounts.mail_requests WHERE email LIKE :text
                        UNION ALL SELECT 'act ' || id FROM auditlog.acts WHERE acts::text LIKE :text
                        """)
                .param("text", "%" + text + "%")
                .param("id", ann.id())
                .query(String.class)
                .list();
    }

    private int count(String sql) {
        return jdbc.sql(sql).query(Integer.class).single();
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }
}
