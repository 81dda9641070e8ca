package kontor.accounts.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.oauth.TestClients.TestClient;
import kontor.accounts.sessions.SessionSettings;
import kontor.database.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Users let clients in with a browser: the pages, what is asked, and what is refused. */
@KontorTest
class LettingClientsInTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestClients clients;

    @Autowired
    SessionSettings settings;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;
    private String browser;

    @BeforeEach
    void logIn() {
        ann = users.customer();
        browser = clients.browser(ann);
    }

    @Test
    void aUserLogsInLetsTheClientInAndTheClientKnowsWhoTheyAre() throws Exception {
        var client = clients.foreign("openid", "profile", "email", "orders:read");
        var verifier = TestClients.verifier();
        var scope = "openid profile email orders:read";

        var toLogin = clients.authorize(clients.request(client, scope, verifier));
        assertThat(toLogin.status()).isEqualTo(303);
        assertThat(toLogin.header("Location")).startsWith("/login?continue=");
        var page = api.get(toLogin.header("Location"));
        var login = logIn(page, ann.email(), TestUsers.PASSWORD);
        assertThat(login.status()).isEqualTo(303);
        var cookie = TestClients.cookie(login, "__Host-session");

        var toConsent = api.get(login.header("Location"), "Cookie", cookie);
        assertThat(toConsent.header("Location")).startsWith("/oauth-consent?question=");
        var question = api.get(toConsent.header("Location"), "Cookie", cookie);
        assertThat(question.text()).contains(client.name(), "see your orders", "https://client.example");

        var back = answer(question, client, scope, "allow", cookie);
        assertThat(back.header("Location")).startsWith(TestClients.REDIRECT + "?");
        assertThat(TestClients.parameter(back, "state")).isEqualTo("a state/of=the client's");
        assertThat(TestClients.parameter(back, "iss")).isEqualTo(settings.publicUrl());

        var tokens = clients.exchange(client, TestClients.parameter(back, "code"), verifier);
        assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
        assertThat(tokens.header("Cache-Control")).contains("no-store");
        assertThat(tokens.at("/token_type")).isEqualTo("Bearer");
        assertThat(Set.of(tokens.at("/scope").split(" ", -1))).isEqualTo(Set.of(scope.split(" ", -1)));

        var id = verified(tokens.at("/id_token"), "JWT");
        assertThat(id.getIssuer()).isEqualTo(settings.publicUrl());
        assertThat(id.getAudience()).containsExactly(client.id());
        assertThat(id.getSubject()).isEqualTo(Long.toString(ann.id()));
        assertThat(id.getStringClaim("nonce")).isEqualTo("n-0S6_WzA2Mj");
        assertThat(id.getStringListClaim("amr")).containsExactly("pwd");
        assertThat(id.getClaim("auth_time")).isNotNull();
        assertThat(id.getStringClaim("email")).isEqualTo(ann.email());
        assertThat(id.getStringClaim("at_hash")).hasSize(22);

        var access = verified(tokens.at("/access_token"), "at+jwt");
        assertThat(access.getIssuer()).isEqualTo(settings.publicUrl());
        assertThat(access.getAudience()).containsExactly(settings.audience());
        assertThat(access.getStringClaim("client_id")).isEqualTo(client.id());

        var userinfo = api.as(tokens.at("/access_token")).get("/userinfo");
        assertThat(userinfo.at("/sub")).isEqualTo(Long.toString(ann.id()));
        assertThat(userinfo.at("/name")).isEqualTo(ann.name());
        assertThat(userinfo.at("/email")).isEqualTo(ann.email());
        assertThat(userinfo.at("/email_verified")).isEqualTo("false");
    }

    @Test
    void aUserIsNotAskedTwiceForTheSameButForMore() {
        var client = clients.foreign("openid", "orders:read");
        assertThat(allow(client, "openid")).isNotEmpty();
        assertThat(TestClients.parameter(ask(client, "openid"), "code")).isNotEmpty();
        assertThat(ask(client, "openid orders:read").header("Location")).startsWith("/oauth-consent");
        assertThat(ask(client, "openid", "prompt", "consent").header("Location"))
                .startsWith("/oauth-consent");
        assertThat(TestClients.parameter(ask(client, "openid orders:read", "prompt", "none"), "error"))
                .isEqualTo("consent_required");
    }

    @Test
    void whoRefusesSendsTheClientAwayAndKeepsWhatTheyHadAllowed() {
        var client = clients.foreign("openid", "orders:read");
        allow(client, "openid");
        var question = api.get(ask(client, "openid orders:read").header("Location"), "Cookie", browser);
        var back = answer(question, client, "openid orders:read", "refuse", browser);
        assertThat(TestClients.parameter(back, "error")).isEqualTo("access_denied");
        assertThat(TestClients.parameter(back, "state")).isEqualTo("a state/of=the client's");
        assertThat(back.header("Location")).doesNotContain("code=");
        assertThat(answer(question, client, "openid orders:read", "allow", browser)
                        .status())
                .isEqualTo(400);
        assertThat(TestClients.parameter(ask(client, "openid"), "code")).isNotEmpty();
    }

    @Test
    void nobodyElseSeesOrAnswersTheQuestion() {
        var client = clients.foreign("openid");
        var question = ask(client, "openid").header("Location");
        var stranger = clients.browser(users.customer());
        assertThat(api.get(question, "Cookie", stranger).status()).isEqualTo(404);
        assertThat(api.get(question).status()).isEqualTo(401);
        var page = api.get(question, "Cookie", browser);
        assertThat(answer(page, client, "openid", "allow", stranger).status()).isEqualTo(400);
        assertThat(clients.form("/oauth2/authorize", TestClients.fields(page)).status())
                .isEqualTo(400);
        assertThat(owner.sql("SELECT count(*) FROM accounts.oauth_consents WHERE client_id = CAST(? AS uuid)")
                        .param(client.id())
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(answer(page, client, "openid", "allow", browser).header("Location"))
                .contains("code=");
        assertThat(answer(page, client, "openid", "allow", browser).status()).isEqualTo(400); // answered
    }

    @Test
    void aClientCannotAskForMoreThanItIsRegisteredFor() {
        var client = clients.trusted("openid", "orders:read");
        for (var scope : List.of("users:read", "openid users:read", "*", "orders:read users:read"))
            assertThat(TestClients.parameter(ask(client, scope), "error"))
                    .as(scope)
                    .isEqualTo("invalid_scope");
        assertThat(TestClients.parameter(ask(client, "", "scope", null), "error"))
                .isEqualTo("invalid_scope");
    }

    @Test
    void pkceWithS256IsForEveryClient() {
        for (var client : List.of(clients.trusted("openid"), clients.publicOne("openid"))) {
            for (var faulty : List.of(
                    new String[] {"code_challenge", null},
                    new String[] {"code_challenge", "short"},
                    new String[] {"code_challenge_method", "plain"},
                    new String[] {"code_challenge_method", null})) {
                var refused = ask(client, "openid", faulty);
                assertThat(TestClients.parameter(refused, "error")).isEqualTo("invalid_request");
                assertThat(TestClients.parameter(refused, "iss")).isEqualTo(settings.publicUrl());
            }
        }
    }

    @Test
    void anAddressThatIsNotTheClientsGetsNeitherACodeNorAnError() {
        var client = clients.trusted("openid");
        for (var redirect : List.of(
                TestClients.REDIRECT + "/..;/",
                TestClients.REDIRECT + "/",
                TestClients.REDIRECT + "/more",
                TestClients.REDIRECT + "?more=1",
                TestClients.REDIRECT + "#fragment",
                "https://client.example.:443/callback",
                "https://client.example./callback",
                "https://client.example:8443/callback",
                "https://client.example@evil.example/callback",
                "https://evil.example/callback",
                "https://client.example.evil.example/callback",
                "HTTPS://client.example/callback",
                "https://CLIENT.example/callback",
                "http://client.example/callback",
                "https://client.example/callback/../callback",
                "https://client.example/%63allback",
                "//client.example/callback",
                "javascript:alert(1)",
                "")) {
            var refused = ask(client, "openid", "redirect_uri", redirect);
            assertThat(refused.status()).as(redirect).isEqualTo(400);
            assertThat(refused.header("Location")).as(redirect).isEmpty();
        }
        assertThat(ask(client, "openid", "redirect_uri", null).status()).isEqualTo(400);
        assertThat(ask(client, "openid", "client_id", "unknown").status()).isEqualTo(400);
    }

    @Test
    void nothingButCodesIsGiven() {
        var client = clients.trusted("openid");
        for (var type : List.of("token", "id_token", "code token", "code id_token"))
            assertThat(ask(client, "openid", "response_type", type).status())
                    .as(type)
                    .isEqualTo(400);
        assertThat(ask(client, "openid", "request_uri", "urn:ietf:params:oauth:request_uri:x")
                        .status())
                .isEqualTo(400);
        assertThat(ask(client, "openid", "request", "eyJhbGciOiJub25lIn0.e30.").status())
                .isEqualTo(400);
        assertThat(TestClients.parameter(ask(client, "openid", "response_mode", "fragment"), "error"))
                .isEqualTo("invalid_request");
    }

    @Test
    void aClientMayInsistOnANewLogin() {
        var client = clients.trusted("openid");
        assertThat(TestClients.parameter(
                        clients.authorize(clients.request(client, "openid", TestClients.verifier(), "prompt", "none")),
                        "error"))
                .isEqualTo("login_required");
        assertThat(TestClients.parameter(ask(client, "openid", "prompt", "none"), "code"))
                .isNotEmpty();
        for (var insisting : List.of(new String[] {"prompt", "login"}, new String[] {"max_age", "0"})) {
            var again = ask(client, "openid", insisting);
            assertThat(again.header("Location")).startsWith("/login?continue=");
            var page = api.get(again.header("Location"), "Cookie", browser);
            var login = logIn(page, ann.email(), TestUsers.PASSWORD, browser);
            assertThat(login.status()).isEqualTo(303);
            var back = api.get(login.header("Location"), "Cookie", TestClients.cookie(login, "__Host-session"));
            assertThat(TestClients.parameter(back, "code")).isNotEmpty();
        }
        age(3600);
        assertThat(TestClients.parameter(ask(client, "openid", "max_age", "7200"), "code"))
                .isNotEmpty();
        assertThat(ask(client, "openid", "max_age", "1800").header("Location")).startsWith("/login?");
        assertThat(TestClients.parameter(ask(client, "openid", "max_age", "1800", "prompt", "none"), "error"))
                .isEqualTo("login_required");
    }

    @Test
    void theLoginPageTakesFormsOfItsOwnOnly() {
        var page = api.get("/login");
        assertThat(page.status()).isEqualTo(200);
        var fields = Map.of("email", ann.email(), "password", TestUsers.PASSWORD);
        assertThat(clients.form("/login/form", fields).status()).isEqualTo(403);
        assertThat(clients.form("/login/form", fields, "Cookie", TestClients.cookie(page, "__Host-form"))
                        .status())
                .isEqualTo(403);
        var foreign = TestClients.fields(api.get("/login")).get("form_token");
        var forged = Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "form_token", foreign);
        var refused = clients.form("/login/form", forged, "Cookie", TestClients.cookie(page, "__Host-form"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("__Host-session"));
        assertThat(logIn(page, ann.email(), TestUsers.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void theLoginPageSaysTheSameOfEveryWrongLoginAndLeadsNowhereElse() {
        var page = api.get("/login?continue=https%3A%2F%2Fevil.example%2F");
        assertThat(page.text()).doesNotContain("evil");
        var wrong = logIn(page, ann.email(), "a wrong passphrase");
        var unknown = logIn(page, "nobody" + ann.id() + "@example.org", "a wrong passphrase");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(wrong.text().replace(ann.email(), ""))
                .isEqualTo(unknown.text().replace("nobody" + ann.id() + "@example.org", ""));
        for (var next : List.of(
                "https://evil.example/",
                "//evil.example",
                "/oauth2/authorize",
                "/\\evil.example",
                "/oauth2/authorize?\r\nSet-Cookie: x=1")) {
            var fields = new java.util.HashMap<>(TestClients.fields(page));
            fields.putAll(Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "continue", next));
            var answer = clients.form("/login/form", fields, "Cookie", TestClients.cookie(page, "__Host-form"));
            assertThat(answer.status()).as(next).isEqualTo(200);
            assertThat(answer.header("Location")).isEmpty();
        }
    }

    @Test
    void guessingAtTheLoginPageIsSlowedDownAsEverywhere() {
        var page = api.get("/login");
        Api.Answer last = page;
        for (var i = 0; i < 12 && last.status() != 429; i++) last = logIn(page, ann.email(), "wrong guess " + i);
        assertThat(last.status()).isEqualTo(429);
        assertThat(api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(429); // the other way in counts as well
    }

    @Test
    void pagesAreNotFramedAndRunNothing() {
        var client = clients.foreign("openid");
        var pages = List.of(
                api.get("/login"),
                api.get(ask(client, "openid").header("Location"), "Cookie", browser),
                ask(client, "openid", "redirect_uri", "https://evil.example/"));
        for (var page : pages) {
            assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
            assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(page.header("Content-Security-Policy"))
                    .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(page.header("Cache-Control")).isEqualTo("no-store");
            assertThat(page.header("X-Request-Id")).isNotEmpty();
        }
        for (var page : pages.subList(1, pages.size())) { // the login page takes passkeys, by one script
            assertThat(page.header("Content-Security-Policy")).doesNotContain("script-src");
            assertThat(page.text()).doesNotContain("<script");
        }
    }

    @Test
    void anAddressWithSignsThatOthersWouldWriteOtherwiseIsComeBackToAsItIs() {
        for (var redirect : List.of(
                TestClients.REDIRECT + "?tags[]=a&next=[b]",
                TestClients.REDIRECT + "?a=b%5B%5D&c=%C3%A4",
                TestClients.REDIRECT + "?a='b'&c=$d;e,(f)!",
                TestClients.REDIRECT + "?x=a:/?@b",
                TestClients.REDIRECT + "?",
                "https://[::1]:8443/callback?a=1")) {
            var client = clients.redirectedTo(redirect, "openid");
            var code = ask(client, "openid", "redirect_uri", redirect);
            assertThat(code.status()).as(redirect + ": " + code.text()).isEqualTo(303);
            assertThat(code.header("Location")).startsWith(redirect);
            assertThat(TestClients.parameter(code, "code")).isNotEmpty();
            assertThat(TestClients.parameter(code, "state")).isEqualTo("a state/of=the client's");
            var error = ask(client, "users:read", "redirect_uri", redirect);
            assertThat(error.status()).as(redirect + ": " + error.text()).isEqualTo(303);
            assertThat(error.header("Location")).startsWith(redirect);
            assertThat(TestClients.parameter(error, "error")).isEqualTo("invalid_scope");
            var login = clients.authorize(
                    clients.request(client, "openid", TestClients.verifier(), "redirect_uri", redirect));
            assertThat(api.get(login.header("Location")).status()).isEqualTo(200);
        }
    }

    @Test
    void theFormsPolicyNamesTheClientThatItLeadsTo() {
        var client = clients.foreign("openid");
        var consent = api.get(ask(client, "openid").header("Location"), "Cookie", browser);
        assertThat(consent.header("Content-Security-Policy")).endsWith("form-action 'self' https://client.example");
        var login = clients.authorize(clients.request(client, "openid", TestClients.verifier()));
        assertThat(api.get(login.header("Location")).header("Content-Security-Policy"))
                .contains("form-action 'self' https://client.example");
        assertThat(api.get("/login").header("Content-Security-Policy")).endsWith("form-action 'self'");
    }

    @Test
    void cardNumbersAndControlCharactersAreRefused() {
        var client = clients.trusted("openid");
        assertThat(ask(client, "openid", "state", "4539578763621486").at("/code"))
                .isEqualTo("card_data_refused");
        assertThat(ask(client, "openid", "state", "a\u0000b").status()).isEqualTo(422);
        var page = api.get("/login");
        assertThat(logIn(page, "4539578763621486", "x").at("/code")).isEqualTo("card_data_refused");
        assertThat(clients.form("/oauth2/token", Map.of("grant_type", "x".repeat(100_000)))
                        .status())
                .isBetween(400, 413);
    }

    @Test
    void theDocumentsSayWhatIsThere() {
        var openid = api.get("/.well-known/openid-configuration");
        var oauth = api.get("/.well-known/oauth-authorization-server");
        assertThat(openid.status()).isEqualTo(200);
        assertThat(openid.json()).isEqualTo(oauth.json());
        assertThat(openid.at("/issuer")).isEqualTo(settings.publicUrl());
        assertThat(openid.at("/response_types_supported/0")).isEqualTo("code");
        openid.json().properties().stream()
                .filter(member ->
                        member.getKey().endsWith("_endpoint") || member.getKey().equals("jwks_uri"))
                .forEach(member -> {
                    var path = member.getValue()
                            .asString()
                            .substring(settings.publicUrl().length());
                    var get = member.getKey().startsWith("authorization")
                            || member.getKey().startsWith("jwks")
                            || member.getKey().startsWith("userinfo");
                    var answer = get ? api.get(path) : clients.form(path, Map.of("token", "x"));
                    assertThat(answer.status()).as(path).isNotIn(404, 405, 500);
                });
        assertThat(api.get("/oauth2/token").status()).isEqualTo(404);
        assertThat(api.post("/oauth2/device_authorization", null).status()).isEqualTo(404);
        assertThat(api.post("/oauth2/par", null).status()).isEqualTo(404);
        assertThat(api.post("/connect/register", null).status()).isEqualTo(404);
    }

    /** The user logged in this long ago, in a browser that the server has not seen since. */
    private void age(int seconds) {
        browser = clients.browser(ann);
        owner.sql("""
                        UPDATE accounts.sessions SET authenticated_at = authenticated_at - make_interval(secs => ?)
                        WHERE user_id = ?
                        """).params(seconds, ann.id()).update();
    }

    private String allow(TestClient client, String scope) {
        var question = api.get(ask(client, scope).header("Location"), "Cookie", browser);
        return TestClients.parameter(answer(question, client, scope, "allow", browser), "code");
    }

    private Api.Answer ask(TestClient client, String scope, @Nullable String... more) {
        return clients.authorize(clients.request(client, scope, TestClients.verifier(), more), "Cookie", browser);
    }

    private Api.Answer answer(Api.Answer page, TestClient client, String scopes, String decision, String cookie) {
        var question = TestClients.fields(page).get("state");
        var body = new StringBuilder("client_id=" + client.id() + "&state=" + question + "&decision=" + decision);
        for (var scope : scopes.split(" ", -1)) body.append("&scope=").append(scope);
        return api.post(
                "/oauth2/authorize",
                body.toString(),
                "Cookie",
                cookie,
                "Content-Type",
                "application/x-www-form-urlencoded");
    }

    private Api.Answer logIn(Api.Answer page, String email, String password, String... cookies) {
        var fields = new java.util.HashMap<>(TestClients.fields(page));
        fields.put("email", email);
        fields.put("password", password);
        var all = new java.util.ArrayList<>(List.of(cookies));
        all.add(TestClients.cookie(page, "__Host-form"));
        return clients.form("/login/form", fields, "Cookie", String.join("; ", all));
    }

    /** Verified as a client does it: with the keys that are published. */
    private JWTClaimsSet verified(String token, String type) throws Exception {
        var jwt = SignedJWT.parse(token);
        var keys = JWKSet.parse(api.get("/.well-known/jwks.json").text());
        var key = keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey();
        assertThat(jwt.verify(new RSASSAVerifier(key))).isTrue();
        assertThat(jwt.getHeader().getType().getType()).isEqualTo(type);
        return jwt.getJWTClaimsSet();
    }
}
