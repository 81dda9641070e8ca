package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class FindingUsersTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Test
    void everyoneFindsTheirOwnRecord() {
        var ann = users.customer();
        var me = api.as(ann).get("/users/me");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.at("/name")).isEqualTo(ann.name());
        assertThat(api.as(ann).get("/users/" + ann.id()).text()).isEqualTo(me.text());
    }

    @Test
    void somebodyElsesRecordIsAsAbsentAsOneThatIsNot() {
        var ann = users.customer();
        var bob = users.customer();
        var foreign = api.as(bob).get("/users/" + ann.id(), "X-Request-Id", "same");
        var absent = api.as(bob).get("/users/999999999999", "X-Request-Id", "same");
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.text()).isEqualTo(absent.text().replace("999999999999", Long.toString(ann.id())));
    }

    @Test
    void aPermissionOpensAllRecords() {
        var ann = users.customer();
        var clerk = users.with("users:read");
        assertThat(api.as(clerk).get("/users/" + ann.id()).at("/email")).isEqualTo(ann.email());
        assertThat(api.as(users.admin()).get("/users/" + ann.id()).status()).isEqualTo(200);
        assertThat(api.as(users.with("orders:read")).get("/users/" + ann.id()).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "abc",
                "1.0",
                "99999999999999999999",
                "00000000-0000-0000-0000-000000000000",
                "1%20OR%201=1"
            })
    void idsThatAreNoneFindNothing(String id) {
        assertThat(api.as(users.admin()).get("/users/" + id).status()).isEqualTo(404);
    }

    @Test
    void guestsFindNobody() {
        var ann = users.customer();
        for (var path : List.of("/users", "/users/me", "/users/" + ann.id())) {
            var answer = api.get(path);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.at("/code")).isEqualTo("unauthorized");
            assertThat(answer.text()).doesNotContain(ann.email());
        }
    }

    @Test
    void theListNeedsItsPermission() {
        var answer = api.as(users.customer()).get("/users");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.at("/code")).isEqualTo("forbidden");
        assertThat(api.as(users.with("users:read")).get("/users").status()).isEqualTo(200);
        assertThat(api.as(users.admin()).get("/users").status()).isEqualTo(200);
    }

    @Test
    void theListShowsNoSecrets() {
        users.customer();
        var answer = api.as(users.admin()).get("/users?limit=5");
        assertThat(answer.text()).doesNotContain("argon2").doesNotContain("password");
        assertThat(answer.json().get("items").get(0).propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "name",
                        "email",
                        "email_verified",
                        "locale",
                        "time_zone",
                        "roles",
                        "state",
                        "version",
                        "created_at");
    }

    @Test
    void theListIsReadPageByPageNewestFirst() {
        var mark = UUID.randomUUID().toString();
        var registered = new ArrayList<String>();
        for (var i = 0; i < 5; i++)
            registered.addFirst(register("Page " + i, "page" + i + "." + mark + "@example.org"));
        var clerk = api.as(users.with("users:read"));
        var found = new ArrayList<String>();
        var cursor = "";
        do {
            var page = clerk.get("/users?limit=2&query=" + mark + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            assertThat(page.json().get("items").size()).isLessThanOrEqualTo(2);
            page.json().get("items").forEach(user -> found.add(user.get("id").asString()));
            cursor = page.at("/next_cursor");
        } while (!cursor.isEmpty());
        assertThat(found).isEqualTo(registered);
    }

    @Test
    void theListIsNarrowedByTextInAnyCaseAndByRole() {
        var mark = UUID.randomUUID().toString().substring(0, 8);
        var ann = register("Ann X" + mark, "ann." + UUID.randomUUID() + "@example.org");
        var bob = register("Bob", "bob.x" + mark + "@example.org");
        var admin = api.as(users.admin());
        assertThat(idsIn(admin.get("/users?query=x" + mark.toUpperCase(java.util.Locale.ROOT))))
                .containsExactly(bob, ann);
        assertThat(idsIn(admin.get("/users?role=customer&query=ann+x" + mark))).containsExactly(ann);
        assertThat(idsIn(admin.get("/users?role=admin&query=x" + mark))).isEmpty();
        assertThat(idsIn(admin.get("/users?query=%25" + mark))).isEmpty(); // no wildcards
        assertThat(idsIn(admin.get("/users?query=_" + mark))).isEmpty();
        assertThat(idsIn(admin.get("/users?role=no-such-role"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "query=%00",
                "role=a%00b",
                "limit=0",
                "limit=-1",
                "limit=1e9",
                "limit=1&limit=2",
                "cursor=!",
                "cursor=%00"
            })
    void crookedQuestionsAreRefused(String question) {
        assertThat(api.as(users.admin()).get("/users?" + question).status()).isEqualTo(422);
    }

    @Test
    void longQuestionsAreRefused() {
        var answer = api.as(users.admin()).get("/users?query=" + "(a+)+".repeat(1_000));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo("query");
    }

    private String register(String name, String email) {
        return api.post("/users", Map.of("name", name, "email", email, "password", TestUsers.PASSWORD))
                .at("/id");
    }

    private static List<String> idsIn(Api.Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return answer.json()
                .get("items")
                .valueStream()
                .map(user -> user.get("id").asString())
                .toList();
    }
}
