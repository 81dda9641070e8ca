package kontor.accounts.factors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.oauth.TestClients;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever has a second factor shows it on the login page, too. */
@KontorTest
class LoggingInOnThePageTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SCRIPT =
            Pattern.compile("<script src=\"([^\"]+)\" integrity=\"([^\"]+)\" defer></script>");

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestClients clients;

    @Autowired
    FactorDesk desk;

    @Test
    void thePasswordAloneOpensNothingAndTheCodeDoes() {
        var app = desk.enrol(users.customer());
        var page = api.get("/login");
        var cookie = TestClients.cookie(page, "__Host-form");
        var fields = TestClients.fields(page);
        fields.putAll(Map.of("email", app.user().email(), "password", TestUsers.PASSWORD));
        var first = clients.form("/login/form", fields, "Cookie", cookie);
        assertThat(first.status()).isEqualTo(200);
        assertThat(sessionCookies(first)).isZero();

        var second = TestClients.fields(first);
        assertThat(second).containsKeys("ticket", "form_token");
        second.put("code", "000000");
        var wrong = clients.form("/login/form", second, "Cookie", cookie);
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(sessionCookies(wrong)).isZero();
        assertThat(TestClients.fields(wrong)).containsEntry("ticket", second.get("ticket"));

        second.put("code", app.code(0));
        assertThat(clients.form("/login/form", second).status()).isEqualTo(403); // a form of nobody's
        var done = clients.form("/login/form", second, "Cookie", cookie);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        assertThat(sessionCookies(done)).isEqualTo(1);
        assertThat(clients.form("/login/form", second, "Cookie", cookie).status())
                .isEqualTo(401); // the ticket is used up
    }

    @Test
    void thePageRunsTheOneScriptThatItNamesByItsHash() throws Exception {
        var page = api.get("/login");
        var element = SCRIPT.matcher(page.text());
        assertThat(element.find()).isTrue();
        assertThat(page.text().replace(element.group(), "")).doesNotContain("<script", "onclick", "javascript:");
        var script = api.get(element.group(1));
        assertThat(script.status()).isEqualTo(200);
        assertThat(script.header("Content-Type")).isEqualTo("text/javascript;charset=UTF-8");
        var hash = MessageDigest.getInstance("SHA-256").digest(script.text().getBytes(UTF_8));
        assertThat(element.group(2)).isEqualTo("sha256-" + Base64.getEncoder().encodeToString(hash));
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'none';", "script-src '" + element.group(2) + "';", "connect-src 'self';")
                .doesNotContain("unsafe");
        assertThat(script.text()).contains("/login/passkey/options", "'passkey'", "public_key");
    }

    @Test
    void aPasskeyAloneLogsInAndGoesOn() {
        var ann = users.customer();
        var phone = passkeyOf(ann);
        var client = clients.trusted("openid");
        var asked = clients.request(client, "openid", TestClients.verifier());
        var page = api.get(clients.authorize(asked).header("Location"));
        var fields = TestClients.fields(page);
        fields.put("passkey", text(phone.get(challenge(Map.of()))));
        assertThat(clients.form("/login/form", fields).status()).isEqualTo(403); // a form of nobody's
        var done = clients.form("/login/form", fields, "Cookie", TestClients.cookie(page, "__Host-form"));
        assertThat(done.status()).as(done.text()).isEqualTo(303);
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("hwk", "user", "mfa");
        var back = api.get(done.header("Location"), "Cookie", TestClients.cookie(done, "__Host-session"));
        assertThat(TestClients.parameter(back, "code")).isNotEmpty();
    }

    @Test
    void aPasskeyIsTheSecondStepBehindThePassword() {
        var ann = users.customer();
        var phone = passkeyOf(ann);
        var page = api.get("/login");
        var cookie = TestClients.cookie(page, "__Host-form");
        var fields = TestClients.fields(page);
        fields.putAll(Map.of("email", ann.email(), "password", TestUsers.PASSWORD));
        var second = clients.form("/login/form", fields, "Cookie", cookie);
        assertThat(second.text()).contains("id=\"passkey\"", "<script src=\"/login/passkeys.js\"");
        assertThat(second.header("Content-Security-Policy")).contains("script-src 'sha256-");
        var step = TestClients.fields(second);
        var wrong = new HashMap<>(step);
        wrong.put("passkey", text(phone.get(challenge(Map.of())))); // asked for another login
        var refused = clients.form("/login/form", wrong, "Cookie", cookie);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(TestClients.fields(refused)).containsEntry("ticket", step.get("ticket"));
        step.put("passkey", text(phone.get(challenge(Map.of("ticket", step.get("ticket"))))));
        var done = clients.form("/login/form", step, "Cookie", cookie);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        assertThat(sessionCookies(done)).isEqualTo(1);
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("pwd", "hwk", "user", "mfa");
    }

    @Test
    void whoHasNoPasskeyIsNotOfferedOneAtTheSecondStep() {
        var app = desk.enrol(users.customer());
        var page = api.get("/login");
        var fields = TestClients.fields(page);
        fields.putAll(Map.of("email", app.user().email(), "password", TestUsers.PASSWORD));
        var second = clients.form("/login/form", fields, "Cookie", TestClients.cookie(page, "__Host-form"));
        assertThat(second.text()).contains("name=\"code\"").doesNotContain("passkey", "<script");
    }

    @Test
    void aPasskeyThatIsNoneOpensNothing() {
        var ann = users.customer();
        passkeyOf(ann);
        var sessions = desk.sessions(ann);
        var stranger = new TestAuthenticator();
        stranger.create(creation(ann));
        var page = api.get("/login");
        var fields = TestClients.fields(page);
        for (var shown : List.of(
                text(stranger.get(challenge(Map.of()))),
                "",
                "null",
                "{",
                "[]",
                "{\"id\": \"AAAA\"}",
                "{\"id\": \"" + "A".repeat(40_000) + "\"}")) {
            fields.put("passkey", shown);
            var refused = clients.form("/login/form", fields, "Cookie", TestClients.cookie(page, "__Host-form"));
            assertThat(refused.status()).as(shown).isIn(401, 422);
            assertThat(refused.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
            assertThat(sessionCookies(refused)).isZero();
        }
        assertThat(desk.sessions(ann)).isEqualTo(sessions);
    }

    private TestAuthenticator passkeyOf(TestUser user) {
        var phone = new TestAuthenticator();
        var made = api.as(user)
                .post("/users/me/passkeys", Map.of("name", "A phone", "credential", phone.create(creation(user))));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return phone;
    }

    private JsonNode creation(TestUser user) {
        return api.as(user).post("/users/me/passkeys/options", null).json().at("/public_key");
    }

    /** As the page's script asks for it. */
    private JsonNode challenge(Map<String, String> body) {
        return api.post("/login/passkey/options", body).json().at("/public_key");
    }

    private static String text(Map<String, ?> assertion) {
        return JSON.writeValueAsString(assertion);
    }

    private static long sessionCookies(Api.Answer answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("__Host-session="))
                .count();
    }
}
