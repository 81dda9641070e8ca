package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestDirectory;
import kontor.TestMail;
import kontor.TestProvider;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import kontor.web.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Users who link their account with logins elsewhere, and take them away again. */
@KontorTest
class LinkingIdentitiesTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Identities identities;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transaction;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private final String subject = UUID.randomUUID().toString();
    private TestUser ann;
    private Browser browser;

    @BeforeEach
    void logIn() {
        ann = users.customer();
        browser = new Browser(api);
        open(browser, ann);
    }

    @Test
    void whoIsSignedInLinksAProviderAndLogsInWithItFromThenOn() {
        var answer = link("closed");
        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/account");
        var listed = browser.get("/users/me/identities").json().get("items").get(0);
        assertThat(listed.get("issuer").asString()).isEqualTo(TestProvider.issuer("closed"));
        assertThat(listed.get("subject").asString()).isEqualTo(subject);
        assertThat(browser.get("/users/me/identities/" + listed.get("id").asLong())
                        .at("/subject"))
                .isEqualTo(subject);
        var later = new Browser(api);
        assertThat(later.logIn("closed", subject, about -> about).status()).isEqualTo(303);
        assertThat(later.email()).isEqualTo(ann.email());
        assertThat(acts("identities.link")).isEqualTo(1);
        assertThat(TestMail.textsTo(ann.email(), 1).getFirst())
                .contains("linked")
                .doesNotContain(subject, "http");
    }

    @Test
    void linkingTwiceChangesNothing() {
        link("closed");
        var before = Standing.now();
        assertThat(link("closed").status()).isEqualTo(303);
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void whatIsLinkedWithSomebodyElseIsNotTakenFromThem() {
        link("closed");
        var bob = users.customer();
        browser = new Browser(api);
        open(browser, bob);
        var before = Standing.now();
        var answer = link("closed");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("identity_taken");
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void whoIsNotSignedInAnyMoreIsLinkedWithNothing() {
        var before = Standing.now();
        var page = going("closed").at("/authorize_url");
        browser.forget("__Host-session");
        var answer = browser.arrive("closed", page, TestProvider.logIn(page, subject, about -> about));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("login_refused");
        assertThat(going("closed").status()).isEqualTo(401);
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void theDirectoryIsLinkedWithNameAndPassword() {
        var worker = TestDirectory.somebody();
        var before = Standing.now();
        var body = Map.of("provider", "ldap", "name", worker.name(), "password", "wrong");
        assertThat(api.as(ann).post("/users/me/identities", body).at("/code")).isEqualTo("invalid_credentials");
        assertThat(Standing.now()).isEqualTo(before);
        var linked = api.as(ann)
                .post(
                        "/users/me/identities",
                        Map.of("provider", "ldap", "name", worker.name(), "password", TestDirectory.PASSWORD));
        assertThat(linked.status()).isEqualTo(201);
        assertThat(linked.header("Location")).isEqualTo("/users/me/identities/" + linked.at("/id"));
        var login = api.post("/login", Map.of("email", worker.name(), "password", TestDirectory.PASSWORD));
        assertThat(api.as(login.at("/access_token")).get("/users/me").at("/email"))
                .isEqualTo(ann.email());
    }

    @Test
    void rolesFromElsewhereGoWithTheIdentity() {
        owner.sql("INSERT INTO accounts.roles (name, permissions) VALUES ('clerk', '{}') ON CONFLICT DO NOTHING")
                .update();
        var worker = TestDirectory.somebody("Clerks");
        var linked = api.as(ann)
                .post(
                        "/users/me/identities",
                        Map.of("provider", "ldap", "name", worker.name(), "password", TestDirectory.PASSWORD));
        api.post("/login", Map.of("email", worker.name(), "password", TestDirectory.PASSWORD));
        assertThat(api.as(ann).get("/users/me").at("/roles/0")).isEqualTo("clerk");
        assertThat(api.as(ann)
                        .delete("/users/me/identities/" + linked.at("/id"))
                        .status())
                .isEqualTo(204);
        assertThat(api.as(ann).get("/users/me").at("/roles/0")).isEqualTo("customer");
        assertThat(acts("identities.remove")).isEqualTo(1);
        assertThat(TestMail.textsTo(ann.email(), 2))
                .anySatisfy(text -> assertThat(text).contains("removed"))
                .hasSize(2);
        assertThat(acts("users.roles")).isEqualTo(2);
    }

    @Test
    void theLastWayInStays() {
        var newcomer = new Browser(api);
        newcomer.logIn(
                "acme",
                subject,
                about -> about.claim("email", subject.substring(0, 8) + "@example.org")
                        .claim("email_verified", true));
        verify(newcomer, "NULL");
        var id = newcomer.get("/users/me/identities").at("/items/0/id");
        var refused = newcomer.send("DELETE", "/users/me/identities/" + id, null);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("last_way_in");
        assertThat(newcomer.get("/users/me/identities").at("/items/0/id")).isEqualTo(id);
        var worker = TestDirectory.somebody();
        newcomer.send(
                "POST",
                "/users/me/identities",
                Map.of("provider", "ldap", "name", worker.name(), "password", TestDirectory.PASSWORD));
        assertThat(newcomer.send("DELETE", "/users/me/identities/" + id, null).status())
                .isEqualTo(204);
        var last = newcomer.get("/users/me/identities").at("/items/0/id");
        assertThat(newcomer.send("DELETE", "/users/me/identities/" + last, null).status())
                .isEqualTo(409);
        verify(newcomer, "now()");
        var byMail = newcomer.send("DELETE", "/users/me/identities/" + last, null);
        assertThat(byMail.at("/code"))
                .as("nobody opens the mail for themselves")
                .isEqualTo("last_way_in");
        assertThat(byMail.at("/detail")).contains("Add a passkey or another login");
        assertThat(newcomer.get("/users/me/identities").at("/items/0/id")).isEqualTo(last);
        var user = newcomer.get("/users/me").at("/id");
        assertThat(api.as(users.with("users:write"))
                        .delete("/users/" + user + "/identities/" + last)
                        .status())
                .as("staff may, and mail lets them in again")
                .isEqualTo(204);
    }

    @Test
    void staffTakeAnIdentityThatLetsNobodyInAnyMore() {
        link("closed");
        owner.sql("UPDATE accounts.users SET password_hash = NULL, email_verified_at = NULL WHERE id = ?")
                .param(ann.id())
                .update();
        var clerk = api.as(users.with("users:write", "users:read"));
        var id = clerk.get("/users/" + ann.id() + "/identities").at("/items/0/id");
        var address = "/users/" + ann.id() + "/identities/" + id;
        var refused = clerk.delete(address);
        assertThat(refused.at("/code")).as("no mail would let them in").isEqualTo("last_way_in");
        assertThat(refused.at("/detail")).contains("Its owner");
        assertThat(api.as(users.customer()).delete(address).status()).isEqualTo(403);
        assertThat(api.as(users.customer())
                        .get("/users/" + ann.id() + "/identities")
                        .status())
                .isEqualTo(403);
        assertThat(acts("identities.remove")).isZero();
        owner.sql("UPDATE accounts.identities SET issuer = 'https://gone.example' WHERE id = ?::bigint")
                .param(id)
                .update();
        TestMail.textsTo(ann.email(), 1);
        assertThat(clerk.delete(address).status()).isEqualTo(204);
        assertThat(clerk.delete(address).status()).isEqualTo(404);
        assertThat(acts("identities.remove")).isEqualTo(1);
        assertThat(TestMail.textsTo(ann.email(), 2))
                .anySatisfy(text -> assertThat(text).contains("removed"));
    }

    @Test
    void staffTakeNoneFromThoseWhoMayDoMoreNorTheirOwn() {
        var clerk = users.with("users:write", "users:read");
        var admin = users.admin();
        for (var whose : new TestUser[] {clerk, admin})
            owner.sql(
                            "INSERT INTO accounts.identities (issuer, subject, user_id) VALUES ('https://gone.example', ?, ?)")
                    .params(subject + whose.id(), whose.id())
                    .update();
        for (var whose : new TestUser[] {clerk, admin}) {
            var id = api.as(clerk).get("/users/" + whose.id() + "/identities").at("/items/0/id");
            var refused = api.as(clerk).delete("/users/" + whose.id() + "/identities/" + id);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.at("/code")).isEqualTo(whose.equals(clerk) ? "own_rights" : "beyond_own_rights");
            assertThat(identities.list(whose.id())).hasSize(1);
        }
    }

    @Test
    void theIdentityThatMakesTheLastAdministratorStays() {
        var worker = TestDirectory.somebody("Directors");
        var linked = api.as(ann)
                .post(
                        "/users/me/identities",
                        Map.of("provider", "ldap", "name", worker.name(), "password", TestDirectory.PASSWORD));
        api.post("/login", Map.of("email", worker.name(), "password", TestDirectory.PASSWORD));
        var id = Long.parseLong(linked.at("/id"));
        transaction.executeWithoutResult(status -> {
            jdbc.sql("UPDATE accounts.users SET disabled_at = now() WHERE disabled_at IS NULL AND id <> ?")
                    .param(ann.id())
                    .update();
            assertThatThrownBy(() -> identities.remove(id, ann.id()))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("last_admin"));
            status.setRollbackOnly();
        });
        assertThat(acts("identities.remove")).isZero();
        assertThat(api.as(ann).get("/users/me/identities/" + id).status()).isEqualTo(200);
        assertThat(identities.remove(id, ann.id())).as("others are left").isTrue();
        assertThat(api.as(ann).get("/users/me").at("/roles/0")).isEqualTo("customer");
    }

    private void verify(Browser somebody, String when) {
        owner.sql("UPDATE accounts.users SET email_verified_at = " + when + " WHERE email = ?")
                .param(somebody.email())
                .update();
    }

    @Test
    void onlyAFreshLoginChangesTheWaysIn() {
        var worker = TestDirectory.somebody();
        var clerk = users.with("users:write");
        for (var each : List.of(ann, clerk))
            owner.sql("UPDATE accounts.sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = ?")
                    .param(each.id())
                    .update();
        var before = Standing.now();
        var linked = api.as(ann)
                .post(
                        "/users/me/identities",
                        Map.of("provider", "ldap", "name", worker.name(), "password", TestDirectory.PASSWORD));
        assertThat(linked.at("/code")).isEqualTo("step_up_required");
        assertThat(api.as(ann).delete("/users/me/identities/1").at("/code")).isEqualTo("step_up_required");
        assertThat(api.as(clerk).delete("/users/" + ann.id() + "/identities/1").at("/code"))
                .isEqualTo("step_up_required");
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void anIdentityOfSomebodyElseIsNotThere() {
        link("closed");
        var id = browser.get("/users/me/identities").at("/items/0/id");
        var bob = api.as(users.customer());
        assertThat(bob.get("/users/me/identities/" + id).status()).isEqualTo(404);
        assertThat(bob.delete("/users/me/identities/" + id).status()).isEqualTo(404);
        assertThat(browser.get("/users/me/identities/" + id).status()).isEqualTo(200);
        assertThat(api.get("/users/me/identities").status()).isEqualTo(401);
    }

    @Test
    void whatThereIsNoneOfIsRefused() {
        for (var body :
                new Object[] {Map.of(), Map.of("provider", "nobody"), Map.of("provider", "acme", "to", "//evil.example")
                })
            assertThat(api.as(ann).post("/users/me/identities", body).status()).isEqualTo(422);
    }

    private Api.Answer link(String provider) {
        var page = going(provider).at("/authorize_url");
        return browser.arrive(provider, page, TestProvider.logIn(page, subject, about -> about));
    }

    private Api.Answer going(String provider) {
        return browser.send("POST", "/users/me/identities", Map.of("provider", provider, "to", "/account"));
    }

    private void open(Browser opened, TestUser user) {
        var answer =
                api.post("/login", Map.of("email", user.email(), "password", TestUsers.PASSWORD, "session", "cookie"));
        opened.take(answer);
    }

    private long acts(String action) {
        return owner.sql("SELECT count(*) FROM auditlog.acts WHERE action = :action AND subject = :subject")
                .param("action", action)
                .param("subject", "user:" + ann.id())
                .query(Long.class)
                .single();
    }
}
