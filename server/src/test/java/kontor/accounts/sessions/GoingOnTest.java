package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A login that goes on with refresh tokens, and ends. */
@KontorTest
class GoingOnTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void aRefreshTokenGivesANewAccessTokenAndItsOwnSuccessor() {
        var login = login();
        var next = refresh(login.at("/refresh_token"));
        assertThat(next.status()).isEqualTo(200);
        assertThat(next.at("/token_type")).isEqualTo("Bearer");
        assertThat(next.json().get("expires_in").asInt()).isEqualTo(900);
        assertThat(next.header("Cache-Control")).isEqualTo("no-store");
        assertThat(next.at("/refresh_token")).isNotEmpty().isNotEqualTo(login.at("/refresh_token"));
        assertThat(me(next).status()).isEqualTo(200);
        assertThat(refresh(next.at("/refresh_token")).status()).isEqualTo(200);
        assertThat(api.as(next.at("/access_token")).get("/sessions").json().at("/items"))
                .hasSize(2); // that of the test user, and this
    }

    @Test
    void aRefreshTokenThatComesAgainEndsItsSession() {
        var login = login();
        var other = login();
        var next = refresh(login.at("/refresh_token"));
        assertThat(me(next).status()).isEqualTo(200);
        assertRefused(refresh(login.at("/refresh_token")));
        assertRefused(refresh(next.at("/refresh_token")));
        assertThat(me(login).status()).isEqualTo(401);
        assertThat(me(next).status()).isEqualTo(401);
        assertThat(me(other).status()).isEqualTo(200);
        assertThat(endReasons()).containsExactly("refresh_token_reused");
    }

    @Test
    void whoLostTheAnswerGetsItAgainWithTheSameKeyForAMinute() {
        var login = login();
        var first = refresh(login.at("/refresh_token"), "Idempotency-Key", "lost");
        var again = refresh(login.at("/refresh_token"), "Idempotency-Key", "lost");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.at("/refresh_token")).isEqualTo(first.at("/refresh_token"));
        var next = refresh(again.at("/refresh_token"));
        assertThat(next.status()).isEqualTo(200);
        // Its successor has been used: this is not who lost the answer.
        assertRefused(refresh(login.at("/refresh_token"), "Idempotency-Key", "lost"));
        assertThat(me(next).status()).isEqualTo(401);
    }

    @Test
    void anotherKeyOrALateOneIsAThiefs() {
        var login = login();
        refresh(login.at("/refresh_token"), "Idempotency-Key", "mine");
        assertRefused(refresh(login.at("/refresh_token"), "Idempotency-Key", "theirs"));
        var late = login();
        refresh(late.at("/refresh_token"), "Idempotency-Key", "mine");
        owner.sql(
                        "UPDATE accounts.refresh_tokens SET used_at = now() - interval '61 seconds' WHERE used_at IS NOT NULL")
                .update();
        assertRefused(refresh(late.at("/refresh_token"), "Idempotency-Key", "mine"));
        assertThat(endReasons()).containsExactly("refresh_token_reused", "refresh_token_reused");
    }

    @Test
    void whatIsNoRefreshTokenIsRefused() {
        var login = login();
        for (var wrong : new String[] {
            login.at("/access_token"),
            ann.token(),
            "",
            " ",
            "x".repeat(43),
            Opaque.random(),
            "x".repeat(100_000),
            "' OR 1=1"
        }) assertRefused(refresh(wrong));
        assertRefused(api.post("/login/refresh", "{}"));
        assertRefused(api.post("/login/refresh", "{\"refresh_token\": null}"));
        assertThat(api.post("/login/refresh", "{\"refresh_token\": 5}").status())
                .isEqualTo(422);
        assertThat(me(login).status()).isEqualTo(200);
        assertThat(refresh(login.at("/refresh_token")).status()).isEqualTo(200);
    }

    @Test
    void refreshTokensAndSessionsHaveTheirTime() {
        var login = login();
        owner.sql("""
                        UPDATE accounts.refresh_tokens SET created_at = now() - interval '31 days', expires_at = now() - interval '1 second'
                        WHERE session_id IN (SELECT id FROM accounts.sessions WHERE user_id = ?)
                        """).param(ann.id()).update();
        assertRefused(refresh(login.at("/refresh_token")));
        var long90days = login();
        owner.sql("""
                        UPDATE accounts.sessions SET created_at = now() - interval '90 days', expires_at = now() - interval '1 second'
                        WHERE user_id = ?
                        """).param(ann.id()).update();
        assertRefused(refresh(long90days.at("/refresh_token")));
    }

    @Test
    void loggingOutEndsThisSessionAndNoOther() {
        var here = login();
        var there = login();
        assertThat(api.as(here.at("/access_token")).post("/logout", null).status())
                .isEqualTo(204);
        assertThat(me(here).status()).isEqualTo(401);
        assertRefused(refresh(here.at("/refresh_token")));
        assertThat(me(there).status()).isEqualTo(200);
        assertThat(refresh(there.at("/refresh_token")).status()).isEqualTo(200);
    }

    @Test
    void loggingOutEverywhereEndsAllOfThemAndNobodyElses() {
        var here = login();
        var there = login();
        var somebody = users.customer();
        assertThat(api.as(here.at("/access_token"))
                        .post("/logout/everywhere", null)
                        .status())
                .isEqualTo(204);
        assertThat(me(here).status()).isEqualTo(401);
        assertThat(me(there).status()).isEqualTo(401);
        assertThat(api.as(ann).get("/users/me").status()).isEqualTo(401);
        assertRefused(refresh(there.at("/refresh_token")));
        assertThat(api.as(somebody).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void onesSessionsAreListedAndEnded() {
        var here = login("User-Agent", "curl/8 \u00fc");
        var there = login();
        var list = api.as(here.at("/access_token")).get("/sessions");
        assertThat(list.json().at("/items")).hasSize(3);
        assertThat(list.json().at("/items").findValues("current").stream().filter(current -> current.asBoolean()))
                .hasSize(1);
        assertThat(list.at("/items/1/user_agent")).startsWith("curl/8 ");
        assertThat(list.at("/items/1/network")).isEqualTo("127.0.0.1");
        assertThat(list.at("/items/1/methods/0")).isEqualTo("pwd");
        assertThat(list.at("/items/1/current")).isEqualTo("true");
        var other = list.at("/items/0/id");
        assertThat(api.as(here.at("/access_token")).delete("/sessions/" + other).status())
                .isEqualTo(204);
        assertThat(me(there).status()).isEqualTo(401);
        assertThat(me(here).status()).isEqualTo(200);
        assertThat(api.as(here.at("/access_token")).delete("/sessions/" + other).status())
                .isEqualTo(404);
    }

    @Test
    void othersSessionsAreNotThere() {
        var mine = login();
        var id = api.as(mine.at("/access_token")).get("/sessions/current").at("/session/id");
        var stranger = users.customer();
        var foreign = api.as(stranger).delete("/sessions/" + id);
        var absent = api.as(stranger).delete("/sessions/00000000-0000-4000-8000-000000000000");
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.at("/detail")).isEqualTo(absent.at("/detail"));
        assertThat(api.as(stranger).delete("/sessions/nonsense").status()).isBetween(400, 422);
        assertThat(api.as(stranger).delete("/users/" + ann.id() + "/sessions").status())
                .isEqualTo(403);
        assertThat(me(mine).status()).isEqualTo(200);
    }

    @Test
    void staffEndAllSessionsOfAUser() {
        var login = login();
        var ended = api.as(users.with("sessions:end")).delete("/users/" + ann.id() + "/sessions");
        assertThat(ended.json().get("ended").asInt()).isEqualTo(2);
        assertThat(me(login).status()).isEqualTo(401);
        assertRefused(refresh(login.at("/refresh_token")));
    }

    @Test
    void staffEndNoSessionsOfThoseWhoMayDoMore() {
        var admin = users.admin();
        var refused = api.as(users.with("sessions:end")).delete("/users/" + admin.id() + "/sessions");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("beyond_own_rights");
        assertThat(api.as(admin).get("/users/me").status()).isEqualTo(200);
        var clerk = users.with("sessions:end");
        assertThat(api.as(clerk).delete("/users/" + clerk.id() + "/sessions").status())
                .isEqualTo(200);
    }

    private Api.Answer login(String... headers) {
        return api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD), headers);
    }

    private Api.Answer refresh(String token, String... headers) {
        return api.post("/login/refresh", Map.of("refresh_token", token), headers);
    }

    private Api.Answer me(Api.Answer login) {
        return api.as(login.at("/access_token")).get("/users/me");
    }

    private static void assertRefused(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("invalid_refresh_token");
        assertThat(answer.at("/detail")).isEqualTo("The refresh token is not good, or not any more. Log in again.");
    }

    private java.util.List<String> endReasons() {
        return owner.sql("SELECT end_reason FROM accounts.sessions WHERE user_id = ? AND ended_at IS NOT NULL")
                .param(ann.id())
                .query(String.class)
                .list();
    }
}
