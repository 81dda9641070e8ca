package kontor.auditlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Every act of staff leaves one record, which says who did what to what and from where; nobody else's leaves any. */
@KontorTest
class RecordingActsTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private Log log;

    @Autowired
    private AuditLog auditLog;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcTemplate jdbc;

    private TestUser admin;
    private Api staff;

    @BeforeEach
    void anAdmin() {
        admin = users.admin();
        staff = api.as(admin);
    }

    @Test
    void aProductIsCreatedChangedAndArchived() {
        var sku = unique("SKU");
        var made = staff.post("/products", product(sku, 255));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var product = "product:" + made.at("/id");
        assertThat(log.of(admin)).containsExactly("done products.create " + product);
        assertThat(log.after(admin, "{variants,0,prices,0,amount}")).isEqualTo("255");

        var changed = staff.patch(
                "/products/" + made.at("/id"), Map.of("variants", variants(sku, 199)), "If-Match", made.header("ETag"));
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(log.before(admin, "{variants,0,prices,0,amount}")).isEqualTo("255");
        assertThat(log.after(admin, "{variants,0,prices,0,amount}")).isEqualTo("199");
        assertThat(log.after(admin, "{slug}")).as("what has not changed").isEmpty();

        assertThat(staff.delete("/products/" + made.at("/id")).status()).isEqualTo(204);
        assertThat(log.before(admin, "{status}")).isEqualTo("active");
        assertThat(log.after(admin, "{status}")).isEqualTo("archived");
        assertThat(log.of(admin))
                .containsExactly(
                        "done products.create " + product,
                        "done products.change " + product,
                        "done products.archive " + product);
    }

    @Test
    void stockIsMoved() {
        var sku = shop.article(255, 10);
        var moved = post("/stock/" + sku + "/adjustments", Map.of("delta", -3, "reason", "damaged"));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(log.of(admin)).containsExactly("done stock.adjust stock:" + sku);
        assertThat(log.before(admin, "{on_hand}")).isEqualTo("10");
        assertThat(log.after(admin, "{on_hand}")).isEqualTo("7");
        assertThat(log.after(admin, "{reason}")).isEqualTo("damaged");
    }

    @Test
    void stockThatIsNotMovedLeavesNone() {
        var sku = shop.article(255, 10);
        var refused = post("/stock/" + sku + "/adjustments", Map.of("delta", -11, "reason", "damaged"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(shop.available(sku)).isEqualTo(10);
        assertThat(log.of(admin)).isEmpty();
    }

    @Test
    void aLocationIsAddedByAStatementWithoutATransaction() {
        var code = unique("place").toLowerCase(Locale.ROOT);
        var added = staff.post("/locations", Map.of("code", code, "name", "A place"));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(log.of(admin)).containsExactly("done POST /locations");
        assertThat(log.after(admin, "{status}")).isEqualTo("201");
        assertThat(staff.post("/locations", Map.of("code", code, "name", "A place"))
                        .status())
                .isEqualTo(409);
        assertThat(log.of(admin)).hasSize(1);
    }

    @Test
    void theBooksAreAdjustedAndGetAnAccount() {
        var code = "account_" + Long.toString(System.nanoTime(), 36);
        assertThat(post("/ledger/accounts", Map.of("code", code, "name", "Mine", "kind", "expense"))
                        .status())
                .isEqualTo(201);
        var posted = post("/ledger/adjustments", """
                {"kind": "write_off", "note": "a note of my own", "entries": [
                 {"account": "write_offs", "amount": {"amount": 500, "currency": "GBP"}},
                 {"account": "suspense", "amount": {"amount": -500, "currency": "GBP"}}]}
                """);
        assertThat(posted.status()).as(posted.text()).isEqualTo(201);
        assertThat(log.of(admin)).containsExactly("done POST /ledger/accounts", "done POST /ledger/adjustments");
        assertThat(log.after(admin, "{request,kind}")).isEqualTo("write_off");
        assertThat(log.after(admin, "{request,entries,1,amount,amount}")).isEqualTo("-500");
        assertThat(log.after(admin, "{request,note}")).isEqualTo("withheld");
    }

    @Test
    void moneyIsCapturedGivenBackAndReceived() {
        var held = order(users.admin(), card("later"));
        var order = " order:" + held;
        assertThat(post("/orders/" + held + "/capture", "{}").status()).isEqualTo(200);
        var refund = Map.of("amount", Map.of("amount", 100, "currency", "GBP"), "reason", "returned");
        assertThat(post("/orders/" + held + "/refunds", refund).status()).isEqualTo(201);
        assertThat(log.after(admin, "{request,amount,amount}")).isEqualTo("100");
        assertThat(log.after(admin, "{request,reason}")).isEqualTo("returned");
        assertThat(log.after(admin, "{path,id}")).isEqualTo(held);
        var invoice = order(users.customer(), "{\"method\": \"invoice\"}");
        assertThat(post("/orders/" + invoice + "/payments", "{\"method\": \"transfer\", \"reference\": \"st. 1\"}")
                        .status())
                .isEqualTo(201);
        assertThat(log.of(admin))
                .containsExactly(
                        "done POST /orders/{id}/capture" + order,
                        "done POST /orders/{id}/refunds" + order,
                        "done POST /orders/{id}/payments order:" + invoice);
    }

    @Test
    void moneyThatIsNotMovedLeavesNone() {
        var paid = order(users.customer(), card("at_once"));
        var tooMuch = Map.of("amount", Map.of("amount", 511, "currency", "GBP"), "reason", "returned");
        assertThat(post("/orders/" + paid + "/refunds", tooMuch).status()).isEqualTo(422);
        assertThat(post("/orders/" + paid + "/capture", "{}").status()).isEqualTo(409);
        assertThat(log.of(admin)).isEmpty();
    }

    @Test
    void anOrderIsCalledOffByStaffAndAnotherByItsBuyer() {
        var buyer = users.customer();
        var first = order(buyer, "{\"method\": \"invoice\"}");
        var second = order(buyer, "{\"method\": \"invoice\"}");
        assertThat(post("/orders/" + first + "/cancel", Map.of("reason", "mistake"))
                        .status())
                .isEqualTo(200);
        assertThat(api.as(buyer)
                        .post("/orders/" + second + "/cancel", "{}", "Idempotency-Key", unique("key"))
                        .status())
                .isEqualTo(200);
        assertThat(log.of(admin)).containsExactly("done POST /orders/{id}/cancel order:" + first);
        assertThat(log.of(buyer)).isEmpty();
    }

    @Test
    void whatStaffBuyIsWrittenByALaneAndRecordedBehindIt() {
        order(admin, "{\"method\": \"invoice\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> log.of(admin), List.of("done POST /orders")::equals);
        assertThat(log.after(admin, "{request,payment,method}")).isEqualTo("invoice");
        assertThat(log.after(admin, "{status}")).isEqualTo("201");
    }

    @Test
    void aWorkItemIsClosedOnce() {
        var item = JdbcClient.create(TestDatabase.owner())
                .sql("INSERT INTO payments.work_items (kind, subject) VALUES ('strange_answer', ?) RETURNING id")
                .param(unique("subject"))
                .query(Long.class)
                .single();
        var address = "/work-items/" + item + "/resolve";
        assertThat(staff.post(address, "{\"resolution\": \"seen\"}").status()).isEqualTo(200);
        assertThat(staff.post(address, "{\"resolution\": \"seen\"}").status()).isEqualTo(409);
        assertThat(log.of(admin)).containsExactly("done POST /work-items/{id}/resolve work_item:" + item);
    }

    @Test
    void aCatalogueIsImportedAndOnlyTried() {
        var csv = "sku,product,name,price_GBP\n" + unique("SKU") + ","
                + unique("p").toLowerCase(Locale.ROOT) + ",A thing,2.55\n";
        for (var path : new String[] {"/products/import?dry_run=true", "/products/import"}) {
            var taken = staff.post(path, csv, "Content-Type", "text/csv", "Idempotency-Key", unique("key"));
            assertThat(taken.status()).as(taken.text()).isEqualTo(200);
            if (path.contains("?"))
                assertThat(log.after(admin, "{query,dry_run}")).isEqualTo("true");
        }
        assertThat(log.of(admin)).containsExactly("done POST /products/import", "done POST /products/import");
    }

    @Test
    void aRepetitionWithTheSameKeyLeavesNone() {
        var sku = unique("SKU");
        var held = order(users.admin(), card("later"));
        var key = unique("key");
        for (var time = 0; time < 3; time++) {
            assertThat(staff.post("/products", product(sku, 255), "Idempotency-Key", key)
                            .status())
                    .isEqualTo(201);
            assertThat(staff.post("/orders/" + held + "/capture", "{}", "Idempotency-Key", key)
                            .status())
                    .isEqualTo(200);
            assertThat(staff.post(
                                    "/locations",
                                    Map.of("code", sku.toLowerCase(Locale.ROOT), "name", "A place"),
                                    "Idempotency-Key",
                                    key)
                            .status())
                    .isEqualTo(201);
        }
        assertThat(log.of(admin)).hasSize(3);
    }

    @Test
    void readingLeavesNone() {
        assertThat(staff.get("/users?limit=1").status()).isEqualTo(200);
        assertThat(staff.get("/ledger/accounts").status()).isEqualTo(200);
        assertThat(log.of(admin)).isEmpty();
    }

    @Test
    void saysFromWhereAndInWhichRequest() {
        var id = unique("request");
        var made = staff.post(
                "/products", product(unique("SKU"), 255), "X-Request-Id", id, "User-Agent", "the browser of staff");
        assertThat(made.status()).isEqualTo(201);
        assertThat(log.ofRequest(id)).hasSize(1);
        assertThat(log.ofRequest(id).getFirst())
                .contains("user:" + admin.id() + "," + admin.id() + ",127.0.0.1,\"the browser of staff\"," + id);
    }

    @Test
    void whoMayNotIsRecordedAsRefused() {
        var customer = users.customer();
        var id = unique("request");
        assertThat(api.as(customer)
                        .post("/orders/5/refunds", "{}", "X-Request-Id", id)
                        .status())
                .isEqualTo(403);
        assertThat(api.as(customer).get("/ledger/accounts").status()).isEqualTo(403);
        assertThat(log.of(customer))
                .containsExactly("refused POST /orders/{id}/refunds order:5", "refused GET /ledger/accounts");
        assertThat(log.ofRequest(id)).hasSize(1);
    }

    @Test
    void staffWhoMayNotAreRecordedOnceAndNotAsIfTheyHad() {
        var clerk = users.with("inventory:write");
        assertThat(api.as(clerk).post("/orders/5/refunds", "{}").status()).isEqualTo(403);
        assertThat(log.of(clerk)).containsExactly("refused POST /orders/{id}/refunds order:5");
    }

    @Test
    void aWrongPasswordAndABadTokenAreRecordedWithoutThem() {
        var password = unique("wrong password ");
        var first = unique("request");
        assertThat(api.post("/login", Map.of("email", admin.email(), "password", password), "X-Request-Id", first)
                        .status())
                .isEqualTo(401);
        assertThat(log.ofRequest(first)).hasSize(1);
        assertThat(log.ofRequest(first).getFirst())
                .contains("guest", "login.failed", "user:" + admin.id(), "refused")
                .doesNotContain(admin.email());
        var second = unique("request");
        var token = unique("token");
        assertThat(api.as(token).get("/orders", "X-Request-Id", second).status())
                .isEqualTo(401);
        assertThat(log.ofRequest(second)).hasSize(1);
        assertThat(log.ofRequest(second).getFirst()).contains("authentication.failed", "invalid_token", "/orders");
        assertThat(log.countWith(password)).isZero();
        assertThat(log.countWith(token)).isZero();
    }

    @Test
    void aGuestIsRecordedAtTheDoorOfStaffOnly() {
        var id = unique("request");
        assertThat(api.get("/users/me", "X-Request-Id", id).status()).isEqualTo(401);
        assertThat(log.ofRequest(id)).isEmpty();
        assertThat(api.post("/orders/5/capture", "{}", "X-Request-Id", id).status())
                .isEqualTo(401);
        assertThat(log.ofRequest(id)).hasSize(1);
    }

    @Test
    void guestsAndCustomersWhoBuyLeaveNone() {
        var buyer = users.customer();
        order(buyer, "{\"method\": \"invoice\"}");
        var id = unique("request");
        assertThat(api.post(
                                "/users",
                                Map.of(
                                        "name",
                                        "Ann Lee",
                                        "email",
                                        unique("ann") + "@example.org",
                                        "password",
                                        TestUsers.PASSWORD),
                                "X-Request-Id",
                                id)
                        .status())
                .isEqualTo(201);
        assertThat(log.of(buyer)).isEmpty();
        assertThat(log.ofRequest(id)).isEmpty();
    }

    @Test
    void holdsNoPasswordAndNoToken() {
        assertThat(staff.post(
                                "/users",
                                Map.of(
                                        "name", "Ann Lee",
                                        "email", unique("ann") + "@example.org",
                                        "password", "a password that " + unique("staff") + " gave"))
                        .status())
                .isEqualTo(201);
        assertThat(log.of(admin)).containsExactly("done POST /users");
        assertThat(log.after(admin, "{request,password}")).isEqualTo("withheld");
        assertThat(log.after(admin, "{request,email}")).isEqualTo("withheld");
        assertThat(log.countWith("a password that ")).isZero();
        assertThat(log.countWith(TestUsers.PASSWORD)).isZero();
        assertThat(log.countWith(admin.token())).isZero();
    }

    @Test
    void anActThatIsTakenBackLeavesNoneAndARefusalStays() {
        var actor = unique("user");
        transaction.executeWithoutResult(status -> {
            auditLog.record(Act.of("things.change", null).by(actor));
            auditLog.recordRefused(Act.of("things.remove", null).by(actor));
            status.setRollbackOnly();
        });
        assertThat(jdbc.queryForList(
                        "SELECT outcome || ' ' || action FROM auditlog.acts WHERE actor = ?", String.class, actor))
                .containsExactly("refused things.remove");
    }

    @Test
    void whatIsDoneWithoutARequestIsTheServers() {
        var subject = unique("thing");
        auditLog.record(Act.of("things.change", subject));
        assertThat(jdbc.queryForMap("SELECT actor, user_id, network FROM auditlog.acts WHERE subject = ?", subject))
                .containsEntry("actor", "server")
                .containsEntry("user_id", null)
                .containsEntry("network", null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE auditlog.acts SET actor = 'user:1'",
                "DELETE FROM auditlog.acts",
                "TRUNCATE auditlog.acts",
                "INSERT INTO auditlog.acts (at, actor, action, outcome) VALUES (now(), 'user:1', 'a.b', 'done')",
                "INSERT INTO auditlog.acts (xact, actor, action, outcome) VALUES (1, 'user:1', 'a.b', 'done')",
                "DELETE FROM auditlog.seals",
                "UPDATE auditlog.seals SET hash = sha256('')",
                "INSERT INTO auditlog.seals SELECT * FROM auditlog.seals",
            })
    void theServersRoleCannotRewriteIt(String sql) {
        assertThatThrownBy(() -> jdbc.execute(sql)).rootCause().hasMessageContaining("permission denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE auditlog.acts SET actor = 'user:1'", "DELETE FROM auditlog.seals"})
    void norCanItsOwner(String sql) {
        assertThatThrownBy(() -> new JdbcTemplate(TestDatabase.owner()).execute(sql))
                .rootCause()
                .hasMessageContaining("append-only");
    }

    private Api.Answer post(String path, Object body) {
        return staff.post(path, body, "Idempotency-Key", unique("key"));
    }

    private String order(TestUser buyer, String payment) {
        var placed = api.as(buyer)
                .post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}], "payment": %s}
                        """.formatted(shop.article(255, 10), payment), "Idempotency-Key", unique("key"));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return placed.at("/id");
    }

    private static String card(String capture) {
        return "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\", "
                + (capture.equals("later") ? "\"capture\": \"later\", " : "")
                + "\"return_url\": \"https://shop.example/back\"}";
    }

    private static Map<String, ?> product(String sku, long price) {
        return Map.of("name", "Thing " + sku, "variants", variants(sku, price));
    }

    private static Object variants(String sku, long price) {
        return new Object[] {Map.of("sku", sku, "prices", new Object[] {Map.of("amount", price, "currency", "GBP")})};
    }

    private static String unique(String what) {
        return what + UUID.randomUUID().toString().substring(0, 13);
    }
}
