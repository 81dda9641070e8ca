package kontor.accounts.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
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

/** Codes, refresh tokens and secrets are traded for access tokens: by whom they were given to, and once. */
@KontorTest
class TradingForTokensTest {
    private static final int AT_ONCE = 50;

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

    @BeforeEach
    void letIn() {
        ann = users.customer();
        browser = clients.browser(ann);
        client = clients.trusted("openid", "orders:read");
    }

    @Test
    void aCodeNeedsItsVerifier() {
        for (var wrong : List.of(TestClients.verifier(), "", "short")) {
            var verifier = TestClients.verifier();
            var code = clients.code(client, "openid", verifier, browser);
            assertRefused(clients.exchange(client, code, wrong), 400, "invalid_grant");
        }
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid", verifier, browser);
        assertRefused(
                clients.token(
                        client,
                        Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", TestClients.REDIRECT)),
                400,
                "invalid_grant");
        assertRefused(clients.exchange(client, code, TestClients.challenge(verifier)), 400, "invalid_grant");
        assertThat(clients.exchange(client, code, verifier).status()).isEqualTo(200);
    }

    @Test
    void aCodeOfAnotherClientIsGoodForNobody() {
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid", verifier, browser);
        assertRefused(clients.exchange(clients.trusted("openid"), code, verifier), 400, "invalid_grant");
        assertRefused(clients.exchange(client, code, verifier), 400, "invalid_grant");
        assertThat(sessions()).isEqualTo(2); // the browser's, and the one that the user was made with
    }

    @Test
    void aCodeComesBackFromWhereItWasSentTo() {
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid", verifier, browser);
        assertRefused(
                clients.token(
                        client,
                        Map.of(
                                "grant_type",
                                "authorization_code",
                                "code",
                                code,
                                "redirect_uri",
                                TestClients.REDIRECT + "/",
                                "code_verifier",
                                verifier)),
                400,
                "invalid_grant");
    }

    @Test
    void aCodeThatComesTwiceEndsWhatItGave() {
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid orders:read", verifier, browser);
        var tokens = clients.exchange(client, code, verifier);
        assertThat(api.as(tokens.at("/access_token")).get("/orders").status()).isEqualTo(200);
        assertRefused(clients.exchange(client, code, verifier), 400, "invalid_grant");
        assertThat(api.as(tokens.at("/access_token")).get("/orders").status()).isEqualTo(401);
        assertRefused(clients.refresh(client, tokens.at("/refresh_token")), 400, "invalid_grant");
    }

    @Test
    void aCodeIsGoodForAMinute() {
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid", verifier, browser);
        var left = owner.sql("""
                        SELECT max(extract(epoch FROM expires_at - created_at)) FROM accounts.oauth_requests
                        WHERE user_id = ?
                        """).param(ann.id()).query(Double.class).single();
        assertThat(left).isLessThanOrEqualTo(60);
        owner.sql("UPDATE accounts.oauth_requests SET expires_at = now() - interval '1 second' WHERE user_id = ?")
                .param(ann.id())
                .update();
        assertRefused(clients.exchange(client, code, verifier), 400, "invalid_grant");
    }

    @Test
    void oneOfManyWhoTradeACodeAtOnceIsServed() throws Exception {
        for (var round = 0; round < 5; round++) {
            var verifier = TestClients.verifier();
            var code = clients.code(client, "openid", verifier, browser);
            var answers = atOnce(() -> clients.exchange(client, code, verifier));
            assertThat(answers.stream().filter(answer -> answer.status() == 200))
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(owner.sql("""
                            SELECT count(*) FROM accounts.sessions WHERE user_id = ? AND kind = 'oauth' AND created_at > now() - interval '1 hour'
                            """).param(ann.id()).query(Integer.class).single())
                    .isEqualTo(round + 1);
            assertThat(standing()).isZero(); // the others were a code that came again
        }
    }

    @Test
    void oneOfManyWhoTradeARefreshTokenAtOnceIsServedAtMostAndTheFamilyEnds() throws Exception {
        for (var round = 0; round < 5; round++) {
            var refresh = clients.tokens(client, "openid", ann).at("/refresh_token");
            var answers = atOnce(() -> clients.refresh(client, refresh));
            assertThat(answers.stream().filter(answer -> answer.status() == 200))
                    .hasSize(1);
            assertThat(standing()).isZero();
        }
    }

    @Test
    void aRefreshTokenIsTradedForTheNext() {
        for (var one : List.of(client, clients.publicOne("openid", "orders:read"))) {
            var first = clients.tokens(one, "openid orders:read", ann);
            var second = clients.refresh(one, first.at("/refresh_token"));
            assertThat(second.status()).as(second.text()).isEqualTo(200);
            assertThat(second.at("/refresh_token")).isNotEqualTo(first.at("/refresh_token"));
            assertThat(second.at("/id_token")).isNotEmpty();
            assertThat(api.as(second.at("/access_token")).get("/orders").status())
                    .isEqualTo(200);
            var third = clients.refresh(one, second.at("/refresh_token"));
            assertThat(third.status()).isEqualTo(200);
            // One that was used comes again: thieves and owner are out.
            assertRefused(clients.refresh(one, first.at("/refresh_token")), 400, "invalid_grant");
            assertRefused(clients.refresh(one, third.at("/refresh_token")), 400, "invalid_grant");
            assertThat(api.as(third.at("/access_token")).get("/orders").status())
                    .isEqualTo(401);
        }
    }

    @Test
    void aRefreshTokenIsOfUseToItsClientAlone() {
        var tokens = clients.tokens(client, "openid", ann);
        assertRefused(clients.refresh(clients.trusted("openid"), tokens.at("/refresh_token")), 400, "invalid_grant");
        var atHome = api.post("/login/refresh", Map.of("refresh_token", tokens.at("/refresh_token")));
        assertThat(atHome.status()).isEqualTo(401);
        assertThat(clients.refresh(client, tokens.at("/refresh_token")).status())
                .isEqualTo(200);
        var ownProgram = api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD));
        assertRefused(clients.refresh(client, ownProgram.at("/refresh_token")), 400, "invalid_grant");
        assertThat(api.post("/login/refresh", Map.of("refresh_token", ownProgram.at("/refresh_token")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aRefreshMayAskForLessAndNotForMore() {
        var tokens = clients.tokens(client, "openid orders:read", ann);
        assertRefused(
                clients.token(
                        client,
                        Map.of(
                                "grant_type", "refresh_token",
                                "refresh_token", tokens.at("/refresh_token"),
                                "scope", "openid users:read")),
                400,
                "invalid_scope");
        var less = clients.token(
                client,
                Map.of("grant_type", "refresh_token", "refresh_token", tokens.at("/refresh_token"), "scope", "openid"));
        assertThat(less.at("/scope")).isEqualTo("openid");
        assertThat(api.as(less.at("/access_token")).get("/orders").status()).isEqualTo(403);
    }

    @Test
    void aWrongSecretIsRefusedAndCounts() {
        var wrong = new TestClient(client.id(), TestClients.verifier(), client.name());
        var verifier = TestClients.verifier();
        var code = clients.code(client, "openid", verifier, browser);
        assertRefused(clients.exchange(wrong, code, verifier), 401, "invalid_client");
        assertThat(clients.exchange(wrong, code, verifier).header("WWW-Authenticate"))
                .startsWith("Basic");
        Api.Answer last = clients.exchange(wrong, code, verifier);
        for (var i = 0; i < 12 && last.status() != 429; i++) last = clients.exchange(wrong, code, verifier);
        assertThat(last.status()).isEqualTo(429);
        assertThat(last.at("/code")).isEqualTo("too_many_tries");
        assertThat(last.header("Retry-After")).isNotEmpty();
        // Strangers who guess keep nobody out who has it.
        assertThat(clients.exchange(client, code, verifier).status()).isEqualTo(200);
    }

    @Test
    void aConfidentialClientWithoutItsSecretIsNobody() {
        var tokens = clients.tokens(client, "openid", ann);
        var named = new TestClient(client.id(), null, client.name());
        assertRefused(clients.refresh(named, tokens.at("/refresh_token")), 401, "invalid_client");
        var verifier = TestClients.verifier();
        assertRefused(
                clients.exchange(named, clients.code(client, "openid", verifier, browser), verifier),
                401,
                "invalid_client");
        assertRefused(clients.form("/oauth2/token", Map.of("grant_type", "client_credentials")), 401, "invalid_client");
    }

    @Test
    void otherGrantsAreNotThere() {
        for (var grant : List.of(
                "password",
                "urn:ietf:params:oauth:grant-type:device_code",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "urn:ietf:params:oauth:grant-type:jwt-bearer"))
            assertRefused(
                    clients.token(client, Map.of("grant_type", grant, "username", ann.email(), "password", "x")),
                    400,
                    "unsupported_grant_type");
        assertRefused(
                clients.token(client, Map.of("grant_type", "client_credentials", "scope", "orders:read")),
                400,
                "unauthorized_client");
        assertThat(clients.form("/oauth2/token?client_id=" + client.id(), Map.of("grant_type", "refresh_token"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aTokenThatItsClientRevokesIsGoodNoMore() {
        for (var which : List.of("/access_token", "/refresh_token")) {
            var tokens = clients.tokens(client, "openid orders:read", ann);
            var stranger = clients.trusted("openid");
            assertThat(revoke(stranger, tokens.at(which)).status()).isEqualTo(401);
            assertThat(api.as(tokens.at("/access_token")).get("/orders").status())
                    .isEqualTo(200);
            assertThat(revoke(client, tokens.at(which)).status()).isEqualTo(200);
            assertThat(api.as(tokens.at("/access_token")).get("/orders").status())
                    .isEqualTo(401);
            assertRefused(clients.refresh(client, tokens.at("/refresh_token")), 400, "invalid_grant");
            assertThat(revoke(client, tokens.at(which)).status()).isEqualTo(200);
        }
        assertThat(revoke(client, "nonsense").status()).isEqualTo(200);
    }

    @Test
    void aClientIsToldOfItsOwnTokensOnly() {
        var tokens = clients.tokens(client, "openid orders:read", ann);
        var told = introspect(client, tokens.at("/access_token"));
        assertThat(told.at("/active")).isEqualTo("true");
        assertThat(told.at("/sub")).isEqualTo(Long.toString(ann.id()));
        assertThat(told.at("/client_id")).isEqualTo(client.id());
        assertThat(told.at("/scope")).contains("orders:read");
        assertThat(introspect(client, tokens.at("/refresh_token")).at("/active"))
                .isEqualTo("true");
        assertThat(introspect(clients.trusted("openid"), tokens.at("/access_token"))
                        .text())
                .isEqualTo("{\"active\":false}");
        assertThat(introspect(client, ann.token()).text()).isEqualTo("{\"active\":false}");
        assertThat(introspect(client, tokens.at("/id_token")).text()).isEqualTo("{\"active\":false}");
        assertThat(introspect(clients.publicOne("openid"), "x").status()).isEqualTo(401);
        revoke(client, tokens.at("/refresh_token"));
        assertThat(introspect(client, tokens.at("/access_token")).text()).isEqualTo("{\"active\":false}");
    }

    @Test
    void onlyAccessTokensOpenTheApi() {
        var tokens = clients.tokens(client, "openid orders:read", ann);
        var forged = api.as("forged").get("/orders");
        for (var other : List.of(tokens.at("/id_token"), tokens.at("/refresh_token"))) {
            var refused = api.as(other).get("/orders");
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.at("/code")).isEqualTo(forged.at("/code"));
            assertThat(refused.at("/detail")).isEqualTo(forged.at("/detail"));
        }
    }

    @Test
    void scopesBoundWhatATokenMayDo() {
        var clerk = users.with("orders:read", "users:read");
        var reader = clients.trusted("openid", "orders:read", "catalog:write");
        var token = clients.tokens(reader, "openid orders:read catalog:write", clerk)
                .at("/access_token");
        assertThat(api.as(token).get("/orders").status()).isEqualTo(200);
        assertThat(api.as(clerk).get("/users").status()).isEqualTo(200);
        assertThat(api.as(token).get("/users").status()).isEqualTo(403); // the user may, the client not
        assertThat(api.as(token).post("/products", Map.of("name", "x")).status())
                .isEqualTo(403); // the other way round
        assertThat(api.as(token).get("/users/me").at("/code")).isEqualTo("insufficient_scope");
        assertThat(api.as(token).get("/sessions").at("/code")).isEqualTo("insufficient_scope");
        assertThat(api.as(token).post("/logout/everywhere", null).status()).isEqualTo(403);
        assertThat(api.as(token).get("/users/me/grants").status()).isEqualTo(403);
        assertThat(api.as(token)
                        .post(
                                "/orders",
                                Map.of(),
                                "Idempotency-Key",
                                UUID.randomUUID().toString())
                        .status())
                .isIn(403, 422);
        assertThat(api.as(token).get("/userinfo").at("/email")).isEmpty();
        var withoutOpenid = clients.tokens(reader, "orders:read", clerk);
        assertThat(withoutOpenid.at("/id_token")).isEmpty();
        assertThat(api.as(withoutOpenid.at("/access_token")).get("/userinfo").status())
                .isEqualTo(403);
    }

    @Test
    void anAdministratorsTokenMayDoWhatItsScopesSayAndNoMore() {
        var token = clients.tokens(client, "openid orders:read", users.admin()).at("/access_token");
        assertThat(api.as(token).get("/orders").status()).isEqualTo(200);
        assertThat(api.as(token).get("/users").status()).isEqualTo(403);
        assertThat(api.as(token).get("/oauth-clients").status()).isEqualTo(403);
    }

    @Test
    void aMachineActsForItself() {
        var machine = clients.machine("orders:read", "catalog:write");
        var token = clients.machineToken(machine, "orders:read");
        assertThat(api.as(token).get("/orders").status()).isEqualTo(200);
        assertThat(api.as(token).get("/users").status()).isEqualTo(403);
        assertThat(api.as(token).get("/users/me").status()).isEqualTo(403);
        assertThat(api.as(token).get("/userinfo").status()).isEqualTo(403);
        assertThat(api.as(token).get("/users/me/grants").status()).isEqualTo(403);
        var answer = clients.token(machine, Map.of("grant_type", "client_credentials", "scope", "orders:read"));
        assertThat(answer.at("/refresh_token")).isEmpty();
        assertThat(introspect(machine, token).at("/sub")).isEqualTo(machine.id());
        for (var scope : List.of("openid", "users:read", "orders:read openid"))
            assertRefused(
                    clients.token(machine, Map.of("grant_type", "client_credentials", "scope", scope)),
                    400,
                    "invalid_scope");
        assertRefused(clients.token(machine, Map.of("grant_type", "client_credentials")), 400, "invalid_scope");
        assertThat(revoke(machine, token).status()).isEqualTo(200);
        assertThat(api.as(token).get("/orders").status()).isEqualTo(401);
    }

    @Test
    void whatAMachineDoesIsItsOwnDoing() {
        var machine = clients.machine("orders:place", "orders:read");
        var token = clients.machineToken(machine, "orders:place orders:read");
        var key = UUID.randomUUID().toString();
        var withoutAddress = api.as(token)
                .post(
                        "/orders",
                        Map.of(
                                "currency",
                                "GBP",
                                "lines",
                                List.of(Map.of("sku", "NONE", "quantity", 1)),
                                "payment",
                                Map.of("method", "invoice")),
                        "Idempotency-Key",
                        key);
        assertThat(withoutAddress.status()).as(withoutAddress.text()).isEqualTo(422);
        assertThat(withoutAddress.at("/errors/0/field")).isEqualTo("email"); // there is no account to take it from
    }

    private static void assertRefused(Api.Answer answer, int status, String error) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.at("/error")).isEqualTo(error);
        assertThat(answer.text()).doesNotContain("access_token");
    }

    private Api.Answer revoke(TestClient by, String token) {
        return clients.post("/oauth2/revoke", by, Map.of("token", token));
    }

    private Api.Answer introspect(TestClient by, String token) {
        return clients.post("/oauth2/introspect", by, Map.of("token", token));
    }

    private int sessions() {
        return owner.sql("SELECT count(*) FROM accounts.sessions WHERE user_id = ?")
                .param(ann.id())
                .query(Integer.class)
                .single();
    }

    private int standing() {
        return owner.sql(
                        "SELECT count(*) FROM accounts.sessions WHERE user_id = ? AND kind = 'oauth' AND ended_at IS NULL")
                .param(ann.id())
                .query(Integer.class)
                .single();
    }

    private static List<Api.Answer> atOnce(Callable<Api.Answer> request) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = IntStream.range(0, AT_ONCE).mapToObj(_ -> request).toList();
            var answers = new java.util.ArrayList<Api.Answer>();
            for (var answer : threads.invokeAll(tasks)) answers.add(answer.get());
            return answers;
        }
    }
}
