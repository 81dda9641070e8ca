package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Sessions in browsers: a cookie that scripts do not see, and a token that other sites do not have. */
@KontorTest
class InABrowserTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;
    private Api.Answer login;

    @BeforeEach
    void logIn() {
        ann = users.customer();
        login = login();
    }

    @Test
    void aLoginGivesACookieForThisHostAloneAndNoTokens() {
        assertThat(login.status()).isEqualTo(200);
        assertThat(login.json().properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("csrf_token", "expires_in");
        assertThat(setCookies(login))
                .hasSize(2)
                .allSatisfy(cookie -> assertThat(cookie)
                        .startsWith("__Host-")
                        .contains("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax")
                        .doesNotContain("Domain"));
    }

    @Test
    void theCookieOpensWhatIsOnesOwn() {
        assertThat(api.get("/users/me", "Cookie", session(login)).at("/email")).isEqualTo(ann.email());
        var current = api.get("/sessions/current", "Cookie", session(login));
        assertThat(current.at("/session/kind")).isEqualTo("cookie");
        assertThat(current.at("/csrf_token")).isEqualTo(login.at("/csrf_token"));
    }

    @Test
    void whatChangesSomethingNeedsTheCsrfToken() {
        var other = login();
        for (var forged : List.of("", "x", other.at("/csrf_token"), login.at("/csrf_token") + "x")) {
            var refused = api.post("/logout/everywhere", null, "Cookie", session(login), "X-CSRF-Token", forged);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.at("/code")).isEqualTo("csrf_token_required");
        }
        assertThat(api.post("/logout/everywhere", null, "Cookie", session(login))
                        .status())
                .isEqualTo(403);
        assertThat(api.get("/users/me", "Cookie", session(login)).status()).isEqualTo(200); // nothing has happened
        assertThat(api.post("/logout", null, "Cookie", session(login), "X-CSRF-Token", login.at("/csrf_token"))
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/users/me", "Cookie", session(login)).status()).isEqualTo(401);
    }

    @Test
    void formsOfOtherSitesChangeNothing() {
        for (var type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")) {
            var body = "{\"currency\": \"GBP\", \"lines\": [{\"sku\": \"X\", \"quantity\": 1}]}";
            assertThat(api.post("/orders", body, "Cookie", session(login), "Content-Type", type)
                            .status())
                    .isIn(403, 415);
            assertThat(api.post("/login", body, "Content-Type", type).status()).isEqualTo(415);
        }
    }

    @Test
    void eachLoginHasACookieOfItsOwn() {
        var planted = "__Host-session=" + Opaque.random();
        var fixed = login("Cookie", planted);
        assertThat(session(fixed)).isNotEqualTo(planted).isNotEqualTo(session(login));
        assertThat(api.get("/users/me", "Cookie", planted).status()).isEqualTo(401);
    }

    @Test
    void aCookieThatIsNotGoodAnyMoreIsTakenAwayAndItsBrowserAGuest() {
        endAll();
        var answer = api.get("/products", "Cookie", session(login));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).startsWith("__Host-session=;").contains("Max-Age=0");
        assertThat(api.get("/users/me", "Cookie", session(login)).status()).isEqualTo(401);
    }

    @Test
    void cookiesThatAreNoneOfOursAreNotRead() {
        var good = session(login);
        for (var cookie : List.of(
                good.replace("__Host-session", "session"),
                good.replace("__Host-", "__host-"),
                good + "x",
                good + "; " + good,
                "__Host-session=" + ann.token(),
                "__Host-session=' OR 1=1",
                "__Host-session="))
            assertThat(api.get("/users/me", "Cookie", cookie).status())
                    .as(cookie)
                    .isEqualTo(401);
    }

    @Test
    void theCookieIsNoBearerTokenThoughItIsKnown() {
        assertThat(api.get("/users/me", "Cookie", session(login)).status()).isEqualTo(200);
        var secret = session(login).substring("__Host-session=".length());
        assertThat(api.as(secret).get("/users/me").at("/code")).isEqualTo("invalid_token");
        assertThat(api.as(secret).post("/logout", null).status()).isEqualTo(401);
        assertThat(api.get("/users/me", "Cookie", session(login)).status()).isEqualTo(200);
    }

    @Test
    void aSessionThatLiesUnusedEnds() {
        owner.sql("UPDATE accounts.sessions SET last_used_at = now() - interval '11 hours' WHERE user_id = ?")
                .param(ann.id())
                .update();
        assertThat(api.get("/users/me", "Cookie", session(login)).status()).isEqualTo(200);
        var unused = login();
        owner.sql("UPDATE accounts.sessions SET last_used_at = now() - interval '13 hours' WHERE user_id = ?")
                .param(ann.id())
                .update();
        assertThat(api.get("/users/me", "Cookie", session(unused)).status()).isEqualTo(401);
    }

    @Test
    void theAuthorizationHeaderGoesBeforeTheCookie() {
        var other = users.customer();
        assertThat(api.as(other).get("/users/me", "Cookie", session(login)).at("/email"))
                .isEqualTo(other.email());
        assertThat(api.as("forged").get("/users/me", "Cookie", session(login)).status())
                .isEqualTo(401);
    }

    @Test
    void aBrowserIsRememberedOnce() {
        var device = cookie(login, "__Host-device");
        var again = login("Cookie", device);
        assertThat(setCookies(again)).hasSize(1);
        assertThat(owner.sql("SELECT count(*) FROM accounts.devices WHERE user_id = ?")
                        .param(ann.id())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    private void endAll() {
        api.as(users.with("sessions:end")).delete("/users/" + ann.id() + "/sessions");
    }

    private Api.Answer login(String... headers) {
        return api.post(
                "/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "session", "cookie"), headers);
    }

    private static String session(Api.Answer answer) {
        return cookie(answer, "__Host-session");
    }

    private static String cookie(Api.Answer answer, String name) {
        return setCookies(answer).stream()
                .filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> setCookies(Api.Answer answer) {
        return answer.headers().allValues("Set-Cookie");
    }
}
