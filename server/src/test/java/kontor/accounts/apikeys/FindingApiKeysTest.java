package kontor.accounts.apikeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.apikeys.Keys.MadeKey;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who sees which keys, and who revokes them. */
@KontorTest
class FindingApiKeysTest {
    private static final long ABSENT = 999_999_999_999L;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Keys keys;

    @Autowired
    ApiKeys apiKeys;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser clerk;
    private MadeKey key;

    @BeforeEach
    void makeKey() {
        clerk = users.with("users:read");
        key = keys.of(clerk, "users:read");
    }

    @Test
    void listsOnesOwnNewestFirstAPageAtATime() {
        var second = keys.of(clerk, "users:read");
        var page = api.as(clerk).get("/api-keys?limit=1");
        assertThat(ids(page)).containsExactly(second.id());
        assertThat(ids(api.as(clerk).get("/api-keys?limit=1&cursor=" + page.at("/next_cursor"))))
                .containsExactly(key.id());
        assertThat(ids(api.as(clerk).get("/api-keys"))).containsExactly(second.id(), key.id());
        assertThat(ids(api.as(clerk).get("/api-keys?user_id=" + clerk.id()))).containsExactly(second.id(), key.id());
    }

    @Test
    void thoseOfOthersAreLikeAbsentOnes() {
        var stranger = api.as(users.with("users:read"));
        for (var method : List.of("GET", "DELETE")) {
            var foreign = Keys.told(stranger.send(method, "/api-keys/" + key.id(), null));
            var absent = Keys.told(stranger.send(method, "/api-keys/" + ABSENT, null));
            assertThat(foreign).startsWith("404 ");
            assertThat(foreign.replace(Long.toString(key.id()), "ID"))
                    .isEqualTo(absent.replace(Long.toString(ABSENT), "ID"));
        }
        assertThat(ids(stranger.get("/api-keys"))).isEmpty();
        assertThat(ids(stranger.get("/api-keys?user_id=" + clerk.id()))).isEmpty();
        assertThat(api.as(key.text()).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void guestsSeeNone() {
        assertThat(api.get("/api-keys").status()).isEqualTo(401);
        assertThat(api.get("/api-keys/" + key.id()).status()).isEqualTo(401);
        assertThat(api.delete("/api-keys/" + key.id()).status()).isEqualTo(401);
    }

    @Test
    void staffWhoMayReadSeeEverybodysAndRevokeNone() {
        var staff = api.as(users.with("api-keys:read"));
        assertThat(ids(staff.get("/api-keys?user_id=" + clerk.id()))).containsExactly(key.id());
        assertThat(ids(staff.get("/api-keys"))).contains(key.id());
        assertThat(staff.get("/api-keys/" + key.id()).at("/user_id")).isEqualTo(Long.toString(clerk.id()));
        assertThat(staff.delete("/api-keys/" + key.id()).status()).isEqualTo(404);
        assertThat(api.as(key.text()).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void staffWhoMayWriteRevokeAnybodys() {
        var staff = users.with("api-keys:write");
        assertThat(api.as(key.text()).get("/users/me").status()).isEqualTo(200);
        assertThat(api.as(staff).delete("/api-keys/" + key.id()).status()).isEqualTo(204);
        assertThat(api.as(key.text()).get("/users/me").status()).isEqualTo(401);
        assertThat(revokers()).containsExactly("user:" + staff.id());
    }

    @Test
    void revokingActsAtOnceAndIsRecordedOnce() {
        assertThat(api.as(key.text()).get("/users/me").status()).isEqualTo(200);
        assertThat(api.as(clerk).delete("/api-keys/" + key.id()).status()).isEqualTo(204);
        assertThat(api.as(key.text()).get("/users/me").status()).isEqualTo(401);
        var revoked = api.as(clerk).get("/api-keys/" + key.id());
        assertThat(revoked.at("/revoked_at")).isNotEmpty();
        assertThat(api.as(clerk).delete("/api-keys/" + key.id()).status()).isEqualTo(204);
        assertThat(api.as(clerk).get("/api-keys/" + key.id()).json()).isEqualTo(revoked.json());
        assertThat(revokers()).containsExactly("user:" + clerk.id());
    }

    @Test
    void aKeyMayRevokeWithThatScopeAndIsNamedInTheRecord() {
        var admin = users.admin();
        var other = keys.of(admin, "api-keys:write", "api-keys:read");
        assertThat(api.as(other.text()).get("/api-keys/" + key.id()).status()).isEqualTo(200);
        assertThat(api.as(other.text()).delete("/api-keys/" + key.id()).status())
                .isEqualTo(204);
        assertThat(revokers()).containsExactly(other.principal());
        assertThat(owner.sql("SELECT user_id FROM auditlog.acts WHERE actor = ?")
                        .param(other.principal())
                        .query(Long.class)
                        .list())
                .containsExactly(admin.id());
    }

    @Test
    void thoseThatHaveBeenOverForAMonthAreTakenAway() {
        var expired = keys.of(clerk, "users:read");
        var recent = keys.of(clerk, "users:read");
        var good = keys.of(clerk, "users:read");
        change(key, "created_at = now() - interval '40 days', revoked_at = now() - interval '31 days'");
        change(expired, "created_at = now() - interval '40 days', expires_at = now() - interval '31 days'");
        change(recent, "created_at = now() - interval '40 days', revoked_at = now() - interval '29 days'");
        for (var answered : List.of(key, good))
            owner.sql("""
                            INSERT INTO idempotency.keys (principal, route, key, fingerprint, status, answer)
                            VALUES (?, 'POST /orders/1/cancel', 'k', sha256('body'), 200, 'Annabel')
                            """).param(answered.principal()).update();
        apiKeys.clear();
        assertThat(owner.sql("SELECT principal FROM idempotency.keys WHERE principal IN (?, ?)")
                        .params(key.principal(), good.principal())
                        .query(String.class)
                        .list())
                .as("nobody can ask for those answers again")
                .containsExactly(good.principal());
        assertThat(ids(api.as(clerk).get("/api-keys"))).containsExactly(good.id(), recent.id());
    }

    private void change(MadeKey which, String how) {
        owner.sql("UPDATE accounts.api_keys SET " + how + " WHERE id = ?")
                .param(which.id())
                .update();
    }

    private List<String> revokers() {
        return owner.sql("SELECT actor FROM auditlog.acts WHERE subject = ? AND action = 'api_keys.revoke'")
                .param(key.principal())
                .query(String.class)
                .list();
    }

    private static List<Long> ids(Api.Answer page) {
        assertThat(page.status()).isEqualTo(200);
        return page.json()
                .get("items")
                .valueStream()
                .map(item -> item.get("id").asLong())
                .toList();
    }
}
