package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestProvider;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.federation.Browser;
import kontor.accounts.oauth.TestClients;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever comes back from a provider and has a second factor is asked for it by a page, which leads on. */
@KontorTest
class LoggingInElsewhereWithASecondFactorTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    FactorDesk desk;

    private final String subject = UUID.randomUUID().toString();
    private TestUser ann;
    private Browser browser;

    @BeforeEach
    void linkAnAccount() {
        ann = users.customer();
        desk.owner()
                .sql("INSERT INTO accounts.identities (issuer, subject, user_id) VALUES (?, ?, ?)")
                .params(TestProvider.issuer("acme"), subject, ann.id())
                .update();
        browser = new Browser(api);
    }

    @Test
    void aPageAsksForItAndTheCodeLeadsOnToWhereTheLoginWasToLead() {
        var app = desk.enrol(ann);
        var page = logIn("/account/orders?page=2");
        assertThat(page.status()).as(page.text()).isEqualTo(200);
        assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'", "form-action 'self'");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.headers().allValues("Set-Cookie"))
                .noneMatch(cookie -> cookie.startsWith("__Host-session="))
                .anyMatch(cookie -> cookie.startsWith("__Host-login=;"));
        assertThat(browser.get("/users/me").status()).isEqualTo(401);

        var wrong = show(page, "code", "000000");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(browser.get("/users/me").status()).isEqualTo(401);
        var done = show(wrong, "code", app.code(0));
        assertThat(done.status()).as(done.text()).isEqualTo(303);
        assertThat(done.header("Location")).isEqualTo("/account/orders?page=2");
        assertThat(browser.get("/users/me").at("/email")).isEqualTo(ann.email());
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("fed", "otp", "mfa");
        assertThat(show(page, "code", app.code(0)).status()).isEqualTo(401); // the ticket is used up
    }

    @Test
    void aRecoveryCodeDoes() {
        var app = desk.enrol(ann);
        var done = show(logIn("/account"), "code", app.recoveryCodes().getFirst());
        assertThat(done.header("Location")).isEqualTo("/account");
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("fed", "recovery", "mfa");
    }

    @Test
    void aPasskeyDoes() {
        var phone = new TestAuthenticator();
        var made = api.as(ann)
                .post("/users/me/passkeys", Map.of("name", "A phone", "credential", phone.create(creation())));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var page = logIn("/account");
        assertThat(page.text()).contains("id=\"passkey\"");
        var ticket = TestClients.fields(page).get("ticket");
        var shown = phone.get(api.post("/login/passkey/options", Map.of("ticket", ticket))
                .json()
                .at("/public_key"));
        var done = show(page, "passkey", JSON.writeValueAsString(shown));
        assertThat(done.status()).as(done.text()).isEqualTo(303);
        assertThat(done.header("Location")).isEqualTo("/account");
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("fed", "hwk", "user", "mfa");
    }

    @Test
    void thePageLeadsToNoOtherHost() {
        var app = desk.enrol(ann);
        for (var next : List.of("https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nb: c")) {
            desk.forgetUse(ann);
            var fields = fields(logIn("/account"));
            fields.put("continue", List.of(next));
            fields.put("code", List.of(app.code(0)));
            var done = browser.form("/login/form", fields);
            assertThat(done.status()).as(next).isEqualTo(200);
            assertThat(done.header("Location")).isEmpty();
            browser = new Browser(api);
        }
    }

    @Test
    void theFormOfAnotherSiteFinishesNoLogin() {
        var app = desk.enrol(ann);
        var fields = fields(logIn("/account"));
        fields.put("code", List.of(app.code(0)));
        assertThat(new Browser(api).form("/login/form", fields).status()).isEqualTo(403);
        assertThat(desk.sessions(ann)).isEqualTo(1);
    }

    /** @return what the browser sees when it is back from the provider */
    private Api.Answer logIn(String to) {
        var page = browser.depart("acme", java.net.URLEncoder.encode(to, java.nio.charset.StandardCharsets.UTF_8));
        return browser.arrive("acme", page, TestProvider.logIn(page, subject, about -> about));
    }

    private Api.Answer show(Api.Answer page, String name, String value) {
        var fields = fields(page);
        fields.put(name, List.of(value));
        return browser.form("/login/form", fields);
    }

    private JsonNode creation() {
        return api.as(ann).post("/users/me/passkeys/options", null).json().at("/public_key");
    }

    private static Map<String, List<String>> fields(Api.Answer page) {
        var fields = new HashMap<String, List<String>>();
        TestClients.fields(page).forEach((name, value) -> fields.put(name, List.of(value)));
        return fields;
    }
}
