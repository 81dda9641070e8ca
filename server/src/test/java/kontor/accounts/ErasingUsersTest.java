package kontor.accounts;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestDirectory;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import kontor.web.Caller;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class ErasingUsersTest {
    private final String street = "Street of the erased " + unique();

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestShop shop;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    PasswordResets resets;

    @Autowired
    Profiles profiles;

    @Autowired
    TransactionTemplate transaction;

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
        assertThat(Traces.tablesThatName(ann.id())).isEmpty();
        assertThat(Traces.tablesThatSay(ann.email(), street)).isEmpty();

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
                .isEqualTo(street);
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
        assertThat(admin.put("/users/" + ann.id() + "/roles", Map.of("roles", List.of("customer")), "If-Match", "*")
                        .status())
                .isEqualTo(404);
        assertThat(admin.post("/users/" + ann.id() + "/email", Map.of("email", ann.email()))
                        .status())
                .isEqualTo(404);
        assertThat(api.post("/password-resets", Map.of("email", "erased:" + ann.id()))
                        .status())
                .isEqualTo(422);
        assertThat(Traces.tablesThatName(ann.id())).isEmpty();
    }

    @Test
    void givesThePersonAllThatIsKeptFirst() {
        var order = placeOrder();
        var export = api.as(ann).get("/users/" + ann.id() + "/export");
        assertThat(export.status()).as(export.text()).isEqualTo(200);
        assertThat(export.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"kontor-user-" + ann.id() + ".json\"");
        assertThat(export.at("/profile/email")).isEqualTo(ann.email());
        assertThat(export.at("/records/orders/0/order/id")).isEqualTo(order);
        assertThat(export.at("/records/orders/0/order/shipping_address/line1")).isEqualTo(street);
        assertThat(export.json().at("/records/orders/0/refunds").isArray()).isTrue();
        assertThat(export.text()).doesNotContain("argon2", "password", ann.token());
        assertThat(api.as(users.customer())
                        .get("/users/" + ann.id() + "/export")
                        .status())
                .isEqualTo(404);
        assertThat(api.get("/users/" + ann.id() + "/export").status()).isEqualTo(401);
        assertThat(api.as(users.with("users:read", "orders:read"))
                        .get("/users/" + ann.id() + "/export")
                        .status())
                .isEqualTo(200);
        assertThat(count("SELECT count(*) FROM auditlog.acts WHERE action = 'users.export' AND subject = 'user:"
                        + ann.id() + "'"))
                .isEqualTo(2);
    }

    @Test
    void leavesNothingInAnyTableThatCouldNameThem() {
        var name = "Annabel Vanishing";
        var lane = "Lane of the vanishing " + unique();
        var first = "annabel." + unique() + "@example.org";
        var second = "vanishing." + unique() + "@example.org";
        var opened = api.post(
                "/users",
                Map.of("name", name, "email", first, "password", TestUsers.PASSWORD),
                "Idempotency-Key",
                newKey());
        var login = api.post("/login", Map.of("email", first, "password", TestUsers.PASSWORD));
        var annabel = new TestUser(Long.parseLong(opened.at("/id")), name, first, login.at("/access_token"));
        var mine = api.as(annabel);
        var admin = api.as(users.admin());

        var order = placeOrder(annabel, lane);
        assertThat(admin.post("/orders/" + order + "/cancel", "{}", "Idempotency-Key", newKey())
                        .status())
                .isEqualTo(200);
        var key = mine.post("/api-keys", Map.of("name", name, "scopes", List.of("orders:place")));
        assertThat(key.status()).as(key.text()).isEqualTo(201);
        answer("key:" + key.at("/api_key/id"), name);
        assertThat(mine.post("/users/me/email", Map.of("email", second, "current_password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(202);
        var link = TestMail.tokenIn(TestMail.textsTo(second, 1).getFirst());
        TestMail.textsTo(first, 1); // the note to the address that they had
        assertThat(api.post("/users/email/confirm", Map.of("token", link)).status())
                .isEqualTo(204);
        api.post("/login", Map.of("email", second, "password", TestUsers.PASSWORD, "session", "cookie"));
        resets.mail(second);
        assertThat(mine.post("/users/me/factors/totp", null).status()).isEqualTo(200);
        fillTheRest(annabel.id(), first);
        assertThat(Traces.tablesThatName(annabel.id()))
                .as("a table that is not filled here is not known to be erased")
                .isEqualTo(Traces.tablesThatCouldNameOne());
        assertThat(Traces.tablesThatSay(name, first, second, lane)).isNotEmpty();

        var export = admin.get("/users/" + annabel.id() + "/export");
        assertThat(export.status()).as(export.text()).isEqualTo(200);
        assertThat(export.json().at("/records/logins/sessions")).hasSize(2);
        assertThat(export.json().at("/records/logins/devices")).hasSize(1);
        assertThat(export.at("/records/factors/passkeys/0/name")).isEqualTo("Annabel's phone");
        assertThat(export.at("/records/factors/recovery_codes_left")).isEqualTo("1");
        assertThat(export.at("/records/api_keys/0/name")).isEqualTo(name);
        assertThat(export.at("/records/api_keys/0/scopes/0")).isEqualTo("orders:place");
        assertThat(export.at("/records/api_keys/0/expires_at")).isNotEmpty();
        assertThat(export.at("/records/identities/0/subject")).isEqualTo("annabel elsewhere");
        assertThat(export.at("/records/grants/0/scopes/0")).isEqualTo("openid");
        assertThat(export.at("/records/grants/0/consented_at")).isNotEmpty();
        var acts = export.json().at("/records/acts");
        assertThat(acts.valueStream().map(act -> act.at("/action").asString())).contains("users.change_email");
        assertThat(acts.get(0).at("/network").asString()).isNotEmpty();
        assertThat(export.text()).contains(first, second);
        assertThat(export.text()).doesNotContain("argon2", "s1.", "hash", key.at("/key"), annabel.token());

        assertThat(admin.delete("/users/" + annabel.id()).status()).isEqualTo(204);
        assertThat(Traces.tablesThatName(annabel.id())).isEmpty();
        assertThat(Traces.tablesThatSay(name, first, second, lane, "annabel elsewhere"))
                .isEmpty();
    }

    @Test
    void forgetsWhatStaffWereAnsweredWhoInvitedThem() {
        var email = "invited." + unique() + "@example.org";
        var clerk = api.as(users.admin());
        var invited = clerk.post("/users", Map.of("name", "Ida Invited", "email", email), "Idempotency-Key", newKey());
        assertThat(invited.status()).isEqualTo(201);
        assertThat(Traces.tablesThatSay(email)).contains("idempotency.keys says " + email);
        assertThat(clerk.delete("/users/" + invited.at("/id")).status()).isEqualTo(204);
        assertThat(Traces.tablesThatSay(email)).isEmpty();
    }

    @Test
    void letsNothingBeWrittenForSomebodyWhoIsBeingErased() throws Exception {
        for (var round = 0; round < 25; round++) {
            var user = users.customer();
            var mine = api.as(user);
            var worker = TestDirectory.somebody("Clerks");
            List<Callable<Api.Answer>> racers = List.of(
                    () -> mine.delete("/users/me"),
                    () -> mine.post("/api-keys", Map.of("name", "Late", "scopes", List.of("orders:place"))),
                    () -> mine.post("/users/me/factors/totp", null),
                    () -> mine.post("/users/me/passkeys/options", null),
                    () -> mine.post(
                            "/users/me/identities",
                            Map.of("provider", "ldap", "name", worker.name(), "password", TestDirectory.PASSWORD)),
                    () -> mine.post(
                            "/users/me/email",
                            Map.of("email", "late." + user.email(), "current_password", TestUsers.PASSWORD)),
                    () -> api.post(
                            "/login",
                            Map.of("email", user.email(), "password", TestUsers.PASSWORD, "session", "cookie")),
                    () -> {
                        resets.mail(user.email());
                        return api.get("/users/me");
                    });
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var answers = threads.invokeAll(racers);
                assertThat(answers.getFirst().get().status()).isEqualTo(204);
                for (var answer : answers)
                    assertThat(answer.get().status()).as(answer.get().text()).isNotEqualTo(500);
            }
            assertThat(Traces.tablesThatName(user.id())).isEmpty();
            if (round % 8 == 0) assertThat(Traces.tablesThatSay(user.email())).isEmpty(); // reads the whole database
        }
    }

    @Test
    void isExportedByThoseWhoMayDoAllThatTheyMay() {
        var admin = users.admin();
        var clerk = api.as(users.with("users:read", "orders:read"));
        var refused = clerk.get("/users/" + admin.id() + "/export");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("beyond_own_rights");
        assertThat(refused.text()).doesNotContain(admin.email());
        assertThat(api.as(admin).get("/users/" + admin.id() + "/export").status())
                .isEqualTo(200);
        assertThat(count("SELECT count(*) FROM auditlog.acts WHERE action = 'users.export' AND subject = 'user:"
                        + admin.id() + "' AND outcome = 'done'"))
                .isEqualTo(1);
    }

    /** An export holds orders, too, and all of somebody at once. */
    @Test
    void isExportedByStaffWhoMayReadOrdersAndHaveLoggedInJustNow() {
        var address = "/users/" + ann.id() + "/export";
        var refused = api.as(users.with("users:read")).get(address);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("forbidden");
        assertThat(api.as(users.with("users:read", "orders:read")).get(address).status())
                .isEqualTo(200);
        var clerk = users.with("users:read", "orders:read"); // whom no server knows yet as having just logged in
        for (var each : List.of(clerk, ann))
            JdbcClient.create(TestDatabase.owner())
                    .sql(
                            "UPDATE accounts.sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = ?")
                    .param(each.id())
                    .update();
        assertThat(api.as(clerk).get(address).at("/code")).isEqualTo("step_up_required");
        assertThat(api.as(ann).get(address).status()).as("one's own").isEqualTo(200);
    }

    /** Whoever writes something of a user waits for the erasing, and then finds nobody. */
    @Test
    void refusesWhatHasWaitedForIt() throws Exception {
        List<Function<TestUser, Api.Answer>> writers = List.of(
                user -> api.as(user).post("/api-keys", Map.of("name", "Late", "scopes", List.of("orders:place"))),
                user -> api.as(user).post("/users/me/factors/totp", null),
                user -> api.as(user).post("/users/me/passkeys/options", null),
                user -> api.as(user)
                        .post(
                                "/users/me/email",
                                Map.of("email", "late." + user.email(), "current_password", TestUsers.PASSWORD)),
                user -> api.post("/login", Map.of("email", user.email(), "password", TestUsers.PASSWORD)));
        for (var writer : writers) {
            var user = users.customer();
            api.as(user).get("/users/me"); // now the server knows the token
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var late = requireNonNull(transaction.execute(_ -> {
                    jdbc.sql("SELECT FROM accounts.users WHERE id = ? FOR UPDATE")
                            .param(user.id())
                            .query(row -> {});
                    var own = count("SELECT pg_backend_pid()");
                    var writing = threads.submit(() -> writer.apply(user));
                    Awaitility.await().until(() -> waitsFor(own));
                    profiles.erase(user.id(), new Caller(user.id(), Set.of()));
                    return writing;
                }));
                assertThat(late.get().status()).as(late.get().text()).isIn(401, 403, 404);
            }
            assertThat(Traces.tablesThatName(user.id())).isEmpty();
        }
    }

    private static boolean waitsFor(int backend) {
        return JdbcClient.create(TestDatabase.owner())
                .sql("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid)))")
                .param(backend)
                .query(Boolean.class)
                .single();
    }

    @Test
    void forgetsWhatWasAnsweredAboutWhatBelongsToTheirOrders() {
        var order = placeOrder();
        assertThat(api.as(ann)
                        .post("/orders/" + order + "/cancel", "{}", "Idempotency-Key", newKey())
                        .status())
                .isEqualTo(200);
        answer("user:0", street);
        JdbcClient.create(TestDatabase.owner())
                .sql(
                        "UPDATE idempotency.keys SET location = ? WHERE principal = 'user:0' AND answer = convert_to(?, 'UTF8')")
                .params("/orders/" + order + "/refunds/7", street)
                .update();
        assertThat(api.as(ann).delete("/users/me").status()).isEqualTo(204);
        assertThat(Traces.tablesThatSay(street)).isEmpty();
    }

    /** What has a test of its own elsewhere, and only needs to be there. */
    private static void fillTheRest(long id, String email) {
        var owner = JdbcClient.create(TestDatabase.owner());
        for (var sql : List.of(
                "INSERT INTO accounts.passkey_owners (user_id, handle) SELECT :id, sha256(convert_to(:email, 'UTF8'))",
                """
                INSERT INTO accounts.passkeys (user_id, credential_id, credential, name, sign_count, synced)
                SELECT :id, convert_to(:email, 'UTF8'), 'key', 'Annabel''s phone', 0, false
                """,
                "INSERT INTO accounts.recovery_codes (user_id, hash) SELECT :id, sha256(convert_to(:email, 'UTF8'))",
                """
                INSERT INTO accounts.identities (issuer, subject, user_id, login_name)
                VALUES ('https://gone.example', 'annabel elsewhere', :id, :email)
                """,
                """
                INSERT INTO accounts.oauth_clients (name, redirect_uris, grant_types, scopes, consent_required)
                VALUES ('For ' || :id || left(:email, 0), '{https://client.example}', '{authorization_code}', '{openid}', true)
                """,
                """
                INSERT INTO accounts.oauth_consents (user_id, client_id, scopes)
                SELECT :id, id, '{openid}' FROM accounts.oauth_clients WHERE name = 'For ' || :id || left(:email, 0)
                """,
                """
                INSERT INTO accounts.oauth_requests (id, client_id, user_id, session_id, redirect_uri, scopes, state,
                                                     code_challenge, authenticated_at, methods, question_hash, expires_at)
                SELECT gen_random_uuid(), c.id, :id, s.id, 'https://client.example', '{openid}', :email, repeat('A', 43),
                       now(), '{pwd}', sha256(convert_to(:email, 'UTF8')), now() + interval '1 day'
                FROM accounts.oauth_clients c, accounts.sessions s
                WHERE c.name = 'For ' || :id AND s.user_id = :id
                LIMIT 1
                """))
            assertThat(owner.sql(sql).param("id", id).param("email", email).update())
                    .isEqualTo(1);
    }

    private static void answer(String principal, String text) {
        JdbcClient.create(TestDatabase.owner()).sql("""
                        INSERT INTO idempotency.keys (principal, route, key, fingerprint, status, answer)
                        VALUES (?, 'POST /somewhere', 'k', sha256('body'), 200, convert_to(?, 'UTF8'))
                        """).params(principal, text).update();
    }

    private String placeOrder() {
        return placeOrder(ann, street);
    }

    private String placeOrder(TestUser who, String line) {
        var answer = api.as(who)
                .post(
                        "/orders",
                        Map.of(
                                "currency", "GBP",
                                "lines", List.of(Map.of("sku", shop.article(255, 10), "quantity", 2)),
                                "email", who.email(),
                                "shipping_address",
                                        Map.of("name", who.name(), "line1", line, "city", "Leeds", "country", "GB"),
                                "payment", Map.of("method", "invoice")),
                        "Idempotency-Key",
                        newKey());
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.at("/id");
    }

    private int count(String sql) {
        return jdbc.sql(sql).query(Integer.class).single();
    }

    /** Too short to hold the number of a card. */
    private static String unique() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }
}
