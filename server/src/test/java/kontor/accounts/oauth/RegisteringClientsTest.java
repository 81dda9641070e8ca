package kontor.accounts.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.accounts.sessions.Opaque;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Staff register OAuth clients, within their own rights. */
@KontorTest
class RegisteringClientsTest {
    private static final String OTHER = "https://client.example/another";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestClients clients;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    @Test
    void aSecretIsShownOnceAndKeptAsItsHash() {
        var staff = api.as(users.admin());
        var created = staff.post("/oauth-clients", client(Map.of()));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        var id = created.at("/client/id");
        assertThat(created.header("Location")).isEqualTo("/oauth-clients/" + id);
        var secret = created.at("/client_secret");
        assertThat(secret).hasSize(43);
        assertThat(staff.get("/oauth-clients/" + id).text()).doesNotContain(secret, "secret");
        assertThat(staff.get("/oauth-clients").text()).contains(id).doesNotContain(secret);
        assertThat(owner.sql("SELECT secret_hash FROM accounts.oauth_clients WHERE id = CAST(? AS uuid)")
                        .param(id)
                        .query(byte[].class)
                        .single())
                .isEqualTo(Opaque.hash(secret));
        assertThat(owner.sql("SELECT coalesce(string_agg(a::text, ''), '') FROM auditlog.acts a WHERE subject = ?")
                        .param("oauth_client:" + id)
                        .query(String.class)
                        .single())
                .contains("oauth_clients.create")
                .doesNotContain(secret);
    }

    @Test
    void aClientIsRegisteredByItsRules() {
        refuses("redirect_uris", Map.of("redirect_uris", List.of()));
        refuses(
                "grant_types",
                Map.of("grant_types", List.of("authorization_code", "client_credentials"), "confidential", false));
        refuses("grant_types", Map.of("grant_types", List.of("refresh_token"), "redirect_uris", List.of()));
        refuses("redirect_uris", Map.of("grant_types", List.of("client_credentials")));
        refuses("scopes", Map.of("scopes", List.of()));
        for (var redirect : List.of(
                "http://client.example/callback",
                "https://client.example/callback#fragment",
                "https://user@client.example/callback",
                "https://*.client.example/callback",
                "https://client.example/../callback",
                "https://client.example/..;/callback",
                "https://client.example./callback",
                "HTTPS://client.example/callback",
                "https://CLIENT.example/callback",
                "https:///callback",
                "https://client.example/ callback",
                "com.example.app:/callback",
                "javascript:alert(1)",
                "http://localhost.evil.example/callback",
                "/callback")) refuses("redirect_uris[0]", Map.of("redirect_uris", List.of(redirect)));
        for (var good : List.of("http://localhost:3000/callback", "http://127.0.0.1/", "https://client.example/a?b=c"))
            assertThat(api.as(users.admin())
                            .post("/oauth-clients", client(Map.of("redirect_uris", List.of(good))))
                            .status())
                    .as(good)
                    .isEqualTo(201);
        for (var scope : List.of("*", "orders", "orders:*", "Orders:read", "orders:read users:read"))
            assertThat(api.as(users.admin())
                            .post("/oauth-clients", client(Map.of("scopes", List.of(scope))))
                            .status())
                    .as(scope)
                    .isEqualTo(422);
    }

    @Test
    void twoClientsAreNotCalledTheSame() {
        var staff = api.as(users.admin());
        var name = "Name " + UUID.randomUUID();
        var first = staff.post("/oauth-clients", client(Map.of("name", name)));
        assertThat(staff.post("/oauth-clients", client(Map.of("name", name.toUpperCase(java.util.Locale.ROOT))))
                        .at("/code"))
                .isEqualTo("name_taken");
        var other = staff.post("/oauth-clients", client(Map.of()));
        var renamed = staff.put(
                "/oauth-clients/" + other.at("/client/id"),
                Map.of(
                        "name",
                        name,
                        "redirect_uris",
                        List.of(TestClients.REDIRECT),
                        "scopes",
                        List.of("openid"),
                        "consent_required",
                        true));
        assertThat(renamed.status()).isEqualTo(409);
        assertThat(staff.get("/oauth-clients/" + first.at("/client/id")).at("/name"))
                .isEqualTo(name);
    }

    @Test
    void nobodyGivesAClientMoreThanTheyMayDo() {
        var clerk = api.as(users.with("oauth-clients:read", "oauth-clients:write", "orders:read"));
        assertThat(clerk.post("/oauth-clients", client(Map.of("scopes", List.of("openid", "orders:read"))))
                        .status())
                .isEqualTo(201);
        var more = clerk.post("/oauth-clients", client(Map.of("scopes", List.of("orders:read", "users:read"))));
        assertThat(more.status()).isEqualTo(403);
        var machine = clients.machine("users:read");
        assertThat(clerk.post("/oauth-clients/" + machine.id() + "/secret", null)
                        .status())
                .isEqualTo(403);
        assertThat(api.as(clients.machineToken(machine, "users:read"))
                        .get("/users")
                        .status())
                .isEqualTo(200); // its secret is what it was
        assertThat(clerk.post("/oauth-clients/" + machine.id() + "/disable", null)
                        .status())
                .isEqualTo(200);
        assertThat(clerk.post("/oauth-clients/" + machine.id() + "/enable", null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void onlyStaffSeeAndWriteClients() {
        var client = clients.trusted("openid");
        var path = "/oauth-clients/" + client.id();
        for (var stranger : List.of(api.as(users.customer()), api.as(users.with("oauth-clients:read")))) {
            assertThat(stranger.post("/oauth-clients", client(Map.of())).status())
                    .isEqualTo(403);
            assertThat(stranger.post(path + "/secret", null).status()).isEqualTo(403);
            assertThat(stranger.post(path + "/disable", null).status()).isEqualTo(403);
            assertThat(stranger.delete(path).status()).isEqualTo(403);
        }
        assertThat(api.get("/oauth-clients").status()).isEqualTo(401);
        assertThat(api.as(users.customer()).get(path).status()).isEqualTo(403);
        assertThat(api.as(users.admin())
                        .get("/oauth-clients/" + UUID.randomUUID())
                        .status())
                .isEqualTo(404);
        assertThat(api.as(users.admin()).get("/oauth-clients/1").status()).isEqualTo(404);
    }

    @Test
    void aNewSecretTakesThePlaceOfTheOld() {
        var machine = clients.machine("orders:read");
        var staff = api.as(users.admin());
        var rotated = staff.post("/oauth-clients/" + machine.id() + "/secret", null);
        assertThat(rotated.status()).isEqualTo(200);
        var renewed = new TestClients.TestClient(machine.id(), rotated.at("/client_secret"), machine.name());
        assertThat(clients.machineToken(renewed, "orders:read")).isNotEmpty();
        assertThat(clients.machineToken(machine, "orders:read")).isEmpty();
        assertThat(staff.post("/oauth-clients/" + clients.publicOne("openid").id() + "/secret", null)
                        .at("/code"))
                .isEqualTo("public_client");
    }

    @Test
    void aScopeThatIsTakenAwayIsGoneFromItsTokens() {
        var machine = clients.machine("orders:read", "users:read");
        var token = clients.machineToken(machine, "orders:read users:read");
        var narrowed = api.as(users.admin())
                .put(
                        "/oauth-clients/" + machine.id(),
                        Map.of(
                                "name", machine.name(),
                                "redirect_uris", List.of(),
                                "scopes", List.of("orders:read"),
                                "consent_required", true));
        assertThat(narrowed.status()).as(narrowed.text()).isEqualTo(200);
        assertThat(api.as(token).get("/users").status()).isEqualTo(403);
        assertThat(api.as(token).get("/orders").status()).isEqualTo(200);
    }

    @Test
    void newRedirectAddressesAreForThoseWhoMayGiveAllThatTheClientMayDo() {
        var client = clients.trusted("openid", "orders:read", "users:read");
        var token =
                clients.tokens(client, "openid orders:read", users.customer()).at("/access_token");
        var more = Map.<String, Object>of("redirect_uris", List.of(TestClients.REDIRECT, OTHER));
        refusesChange(client, more);
        refusesChange(client, Map.of("redirect_uris", List.of(OTHER)));
        assertThat(api.as(token).get("/orders").status()).isEqualTo(200);

        var whoMay = api.as(users.with("oauth-clients:write", "orders:read", "users:read"));
        assertThat(change(whoMay, client, more).status()).isEqualTo(200);
        assertThat(kept(client).at("/redirect_uris/1")).isEqualTo(OTHER);
        assertThat(api.as(token).get("/orders").status()).isEqualTo(200); // what was granted goes on
    }

    @Test
    void whatNarrowsOrLeavesAClientNeedsNoMoreThanToWriteClients() {
        var client = clients.trusted("openid", "orders:read", "users:read");
        var boss = api.as(users.admin());
        assertThat(change(boss, client, Map.of("redirect_uris", List.of(TestClients.REDIRECT, OTHER)))
                        .status())
                .isEqualTo(200);
        var clerk = api.as(users.with("oauth-clients:write"));
        for (var change : List.<Map<String, Object>>of(
                Map.of("redirect_uris", List.of(OTHER, TestClients.REDIRECT)),
                Map.of("redirect_uris", List.of(TestClients.REDIRECT, TestClients.REDIRECT)),
                Map.of("name", "Name " + UUID.randomUUID()),
                Map.of("consent_required", true, "scopes", List.of("openid", "orders:read")))) {
            var done = change(clerk, client, change);
            assertThat(done.status()).as("%s: %s", change, done.text()).isEqualTo(200);
        }
        assertThat(kept(client).json().at("/redirect_uris").size()).isEqualTo(1);
        assertThat(kept(client).at("/consent_required")).isEqualTo("true");
    }

    @Test
    void thatUsersAreAskedNoMoreIsForThoseWhoMayGiveAllThatTheClientMayDo() {
        var client = clients.foreign("openid", "orders:read", "users:read");
        refusesChange(client, Map.of("consent_required", false));
        // A scope that goes in the same step needs nobody's right any more.
        var whoMayTheRest = api.as(users.with("oauth-clients:write", "orders:read"));
        assertThat(change(
                                whoMayTheRest,
                                client,
                                Map.of("consent_required", false, "scopes", List.of("openid", "orders:read")))
                        .status())
                .isEqualTo(200);
        assertThat(kept(client).at("/consent_required")).isEqualTo("false");
    }

    @Test
    void aNewScopeIsForThoseWhoMayGiveItWhateverTheClientHasBesides() {
        var client = clients.trusted("openid", "users:read");
        var clerk = api.as(users.with("oauth-clients:write", "orders:read"));
        var scopes = List.of("openid", "users:read", "orders:read");
        assertThat(change(clerk, client, Map.of("scopes", scopes)).status()).isEqualTo(200);
        refusesChange(client, Map.of("scopes", List.of("openid", "users:read", "orders:read", "catalog:write")));
    }

    /** By somebody who may see orders, and write clients. */
    private void refusesChange(TestClients.TestClient client, Map<String, Object> change) {
        var before = kept(client).text();
        var refused = change(api.as(users.with("oauth-clients:write", "orders:read")), client, change);
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("forbidden");
        assertThat(kept(client).text()).isEqualTo(before);
    }

    private Api.Answer change(Api by, TestClients.TestClient client, Map<String, Object> change) {
        var now = kept(client);
        var body = new HashMap<String, Object>();
        for (var member : List.of("name", "redirect_uris", "scopes", "consent_required"))
            body.put(member, now.json().get(member));
        body.putAll(change);
        return by.put("/oauth-clients/" + client.id(), body);
    }

    private Api.Answer kept(TestClients.TestClient client) {
        return api.as(users.admin()).get("/oauth-clients/" + client.id());
    }

    private void refuses(String field, Map<String, Object> changes) {
        var name = "Name " + UUID.randomUUID();
        var body = client(changes);
        body.put("name", name);
        var refused = api.as(users.admin()).post("/oauth-clients", body);
        assertThat(refused.status()).as("%s: %s", changes, refused.text()).isEqualTo(422);
        assertThat(refused.at("/errors/0/field")).as(changes.toString()).isEqualTo(field);
        assertThat(owner.sql("SELECT count(*) FROM accounts.oauth_clients WHERE name = ?")
                        .param(name)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private static Map<String, Object> client(Map<String, Object> changes) {
        var body = new HashMap<String, Object>();
        body.put("name", "Name " + UUID.randomUUID());
        body.put("redirect_uris", List.of(TestClients.REDIRECT));
        body.put("grant_types", List.of("authorization_code"));
        body.put("scopes", List.of("openid"));
        body.putAll(changes);
        return body;
    }
}
