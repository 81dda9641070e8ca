package kontor.accounts.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.oauth.TestClients.TestClient;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a client was let do ends with the user's sessions, by the user's word, and by that of staff. */
@KontorTest
class EndingGrantsTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestClients clients;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;
    private TestClient client;
    private String browser;
    private Api.Answer tokens;

    @BeforeEach
    void letIn() {
        ann = users.customer();
        client = clients.trusted("openid", "orders:read");
        browser = clients.browser(ann);
        tokens = tokens();
        assertThat(orders(tokens)).isEqualTo(200);
    }

    @Test
    void loggingOutOfTheBrowserEndsWhatItLetIn() {
        var csrf = api.get("/sessions/current", "Cookie", browser).at("/csrf_token");
        var elsewhere = clients.tokens(client, "openid orders:read", ann);
        assertThat(api.post("/logout", null, "Cookie", browser, "X-CSRF-Token", csrf)
                        .status())
                .isEqualTo(204);
        assertGone(tokens);
        assertThat(orders(elsewhere)).isEqualTo(200);
    }

    @Test
    void loggingOutEverywhereEndsAllOfIt() {
        var elsewhere = clients.tokens(client, "openid orders:read", ann);
        assertThat(api.as(ann).post("/logout/everywhere", null).status()).isEqualTo(204);
        assertGone(tokens);
        assertGone(elsewhere);
    }

    @Test
    void aCodeIsNotGoodAfterTheLogout() {
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid", verifier, browser);
        api.as(ann).post("/logout/everywhere", null);
        assertThat(clients.exchange(client, code, verifier).at("/error")).isEqualTo("invalid_grant");
    }

    @Test
    void aDisabledUserIsOutOfTheirClientsToo() {
        owner.sql("UPDATE accounts.users SET disabled_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        assertThat(clients.refresh(client, tokens.at("/refresh_token")).at("/error"))
                .isEqualTo("invalid_grant");
        var introspected = clients.post("/oauth2/introspect", client, Map.of("token", tokens.at("/access_token")));
        assertThat(introspected.text()).isEqualTo("{\"active\":false}");
    }

    @Test
    void aUserEndsOneSessionOfAClient() {
        var session = owner.sql("SELECT id::text FROM accounts.sessions WHERE user_id = ? AND kind = 'oauth'")
                .param(ann.id())
                .query(String.class)
                .single();
        assertThat(api.as(ann).get("/sessions").text()).contains(session, "\"oauth\"");
        assertThat(api.as(ann).delete("/sessions/" + session).status()).isEqualTo(204);
        assertGone(tokens);
    }

    @Test
    void aUserSeesAndWithdrawsWhatTheyHaveAllowed() {
        var foreign = clients.foreign("openid", "orders:read");
        assertThat(api.as(ann).get("/users/me/grants").json().at("/items").size())
                .isEqualTo(1);
        var allowed = allow(foreign);
        var grants = api.as(ann).get("/users/me/grants");
        assertThat(grants.json().at("/items").size()).isEqualTo(2);
        assertThat(grants.text()).contains(foreign.id(), foreign.name(), "consented_at");

        var path = "/users/me/grants/" + foreign.id();
        assertThat(api.as(users.customer()).delete(path).status()).isEqualTo(404);
        assertThat(orders(allowed)).isEqualTo(200);
        assertThat(api.as(ann).delete(path).status()).isEqualTo(204);
        assertGone(allowed, foreign);
        assertThat(orders(tokens)).isEqualTo(200);
        assertThat(api.as(ann).delete(path).status()).isEqualTo(404);
        assertThat(clients.authorize(clients.request(foreign, "openid", TestClients.verifier()), "Cookie", browser)
                        .header("Location"))
                .startsWith("/oauth-consent"); // asked again
    }

    @Test
    void aDisabledClientIsOut() {
        var machine = clients.machine("orders:read");
        var itsOwn = clients.machineToken(machine, "orders:read");
        var staff = api.as(users.admin());
        for (var one : new TestClient[] {client, machine})
            assertThat(staff.post("/oauth-clients/" + one.id() + "/disable", null)
                            .status())
                    .isEqualTo(200);
        assertThat(api.as(itsOwn).get("/orders").status()).isEqualTo(401);
        assertThat(orders(tokens)).isEqualTo(401);
        assertThat(clients.refresh(client, tokens.at("/refresh_token")).at("/error"))
                .isEqualTo("invalid_client");
        assertThat(clients.machineToken(machine, "orders:read")).isEmpty();
        assertThat(clients.authorize(clients.request(client, "openid", TestClients.verifier()), "Cookie", browser)
                        .status())
                .isEqualTo(400);
        assertThat(staff.post("/oauth-clients/" + client.id() + "/enable", null).status())
                .isEqualTo(200);
        assertGone(tokens); // what was ended stays so
        assertThat(orders(tokens())).isEqualTo(200);
    }

    @Test
    void aDeletedClientLeavesNothing() {
        var id = client.id();
        assertThat(api.as(users.admin()).delete("/oauth-clients/" + id).status())
                .isEqualTo(204);
        assertThat(orders(tokens)).isEqualTo(401);
        for (var table : new String[] {"oauth_requests", "oauth_consents", "sessions"})
            assertThat(owner.sql("SELECT count(*) FROM accounts." + table + " WHERE client_id = CAST(? AS uuid)")
                            .param(id)
                            .query(Integer.class)
                            .single())
                    .as(table)
                    .isZero();
    }

    private Api.Answer tokens() {
        var verifier = TestClients.verifier();
        return clients.exchange(client, clients.code(client, "openid orders:read", verifier, browser), verifier);
    }

    private Api.Answer allow(TestClient foreign) {
        var verifier = TestClients.verifier();
        var asked = clients.authorize(clients.request(foreign, "orders:read", verifier), "Cookie", browser);
        var fields = TestClients.fields(api.get(asked.header("Location"), "Cookie", browser));
        fields.put("decision", "allow");
        var back = clients.form("/oauth2/authorize", fields, "Cookie", browser);
        return clients.exchange(foreign, TestClients.parameter(back, "code"), verifier);
    }

    private int orders(Api.Answer given) {
        return api.as(given.at("/access_token")).get("/orders").status();
    }

    private void assertGone(Api.Answer given) {
        assertGone(given, client);
    }

    private void assertGone(Api.Answer given, TestClient whose) {
        assertThat(orders(given)).isEqualTo(401);
        assertThat(clients.refresh(whose, given.at("/refresh_token")).at("/error"))
                .isEqualTo("invalid_grant");
    }
}
