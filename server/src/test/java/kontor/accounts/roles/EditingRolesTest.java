package kontor.accounts.roles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class EditingRolesTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient database;

    private Api admin;

    @BeforeEach
    void signIn() {
        admin = api.as(users.admin());
    }

    @Test
    void everyPermissionIsListedWithASentence() {
        var listed = api.as(users.with("roles:read")).get("/permissions");
        assertThat(listed.status()).isEqualTo(200);
        assertThat(listed.json().at("/items").size())
                .isEqualTo(Permissions.all().size());
        assertThat(listed.at("/items/0/name")).isEqualTo("api-keys:read");
        assertThat(listed.at("/items/0/description")).startsWith("See everybody");
    }

    @Test
    void theBuiltInOnesAreThere() {
        var listed = admin.get("/roles");
        assertThat(listed.json()
                        .at("/items")
                        .valueStream()
                        .filter(role -> role.at("/built_in").asBoolean())
                        .map(role -> role.at("/name").asString()))
                .containsExactly("admin", "catalog", "customer", "finance", "support", "warehouse");
        assertThat(admin.get("/roles/warehouse").json().at("/permissions").toString())
                .isEqualTo("[\"inventory:read\",\"inventory:write\",\"orders:read\"]");
        assertThat(admin.get("/roles/customer").json().at("/permissions").size())
                .isZero();
        assertThat(admin.get("/roles/no-such-role").status()).isEqualTo(404);
    }

    @Test
    void aNewOneHoldsEachPermissionOnceAndInOrder() {
        var name = newName();
        var created = admin.post("/roles", role(name, "orders:read", "orders:cancel", "orders:read"));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/roles/" + name);
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(created.json().at("/permissions").toString()).isEqualTo("[\"orders:cancel\",\"orders:read\"]");
        assertThat(created.json().at("/built_in").asBoolean()).isFalse();
        assertThat(admin.get("/roles/" + name).json()).isEqualTo(created.json());
    }

    @Test
    void aRequestUnderAKeyMayBeRepeated() {
        var name = newName();
        var key = UUID.randomUUID().toString();
        var first = admin.post("/roles", role(name, "orders:read"), "Idempotency-Key", key);
        var again = admin.post("/roles", role(name, "orders:read"), "Idempotency-Key", key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        var path = "/roles/" + name;
        var etag = first.header("ETag");
        var change = "{\"permissions\": []}";
        key = UUID.randomUUID().toString();
        assertThat(admin.patch(path, change, "If-Match", etag, "Idempotency-Key", key)
                        .status())
                .isEqualTo(200);
        assertThat(admin.patch(path, change, "If-Match", etag, "Idempotency-Key", key)
                        .header("ETag"))
                .isEqualTo("\"2\"");
        key = UUID.randomUUID().toString();
        assertThat(admin.delete(path, "Idempotency-Key", key).status()).isEqualTo(204);
        assertThat(admin.delete(path, "Idempotency-Key", key).status()).isEqualTo(204);
        assertThat(admin.delete(path).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"NAME\", \"permissions\": [\"orders:fly\"]}",
                "{\"name\": \"NAME\", \"permissions\": [\"orders\"]}",
                "{\"name\": \"NAME\", \"permissions\": [\"*\"]}",
                "{\"name\": \"NAME\", \"permissions\": [null]}",
                "{\"name\": \"NAME\"}",
                "{\"name\": \"NAME\", \"permissions\": [], \"built_in\": true}",
                "{\"name\": \"NAME\", \"permissions\": [], \"version\": 7}",
                "{\"name\": \"NAME\", \"permissions\": [], \"description\": \"a\\u0000b\"}",
                "{\"name\": \"Big\", \"permissions\": []}",
                "{\"name\": \"a_b\", \"permissions\": []}",
                "{\"name\": \"-NAME\", \"permissions\": []}",
                "{\"name\": \"\", \"permissions\": []}",
                "{\"name\": \"a123456789012345678901234567890123456789x\", \"permissions\": []}",
            })
    void whatIsNoRoleIsRefusedAndNotKept(String body) {
        var name = newName();
        var before = count();
        var refused = admin.post("/roles", body.replace("NAME", name));
        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void anUnknownPermissionIsNamed() {
        var refused = admin.post("/roles", role(newName(), "orders:read", "orders:fly", "*"));
        assertThat(refused.at("/errors/0/field")).isEqualTo("permissions[1]");
        assertThat(refused.at("/errors/0/code")).isEqualTo("unknown");
        assertThat(refused.at("/errors/1/field")).isEqualTo("permissions[2]");
    }

    @Test
    void aNameIsTakenOnce() {
        var refused = admin.post("/roles", role("support", "orders:read"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("role_taken");
        assertThat(admin.get("/roles/support").at("/version")).isEqualTo("1");
    }

    @Test
    void oneOfManyEditorsOfTheSameVersionWins() throws Exception {
        var created = admin.post("/roles", role(newName(), "orders:read"));
        var edit = (Callable<Integer>) () -> admin.patch(
                        created.header("Location"), "{\"description\": \"mine\"}", "If-Match", created.header("ETag"))
                .status();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(List.of(edit, edit, edit, edit)).stream()
                            .map(Future::resultNow)
                            .sorted())
                    .containsExactly(200, 412, 412, 412);
        }
        assertThat(admin.get(created.header("Location")).at("/version")).isEqualTo("2");
    }

    @Test
    void anEditorSaysWhatTheyHaveSeen() {
        var created = admin.post("/roles", role(newName(), "orders:read"));
        var path = created.header("Location");
        var blind = admin.patch(path, "{\"permissions\": []}");
        assertThat(blind.status()).isEqualTo(428);
        assertThat(blind.at("/code")).isEqualTo("if_match_required");
        for (var stale : List.of("\"2\"", "W/\"1\"", "\"\"", "1")) {
            var refused = admin.patch(path, "{\"permissions\": []}", "If-Match", stale);
            assertThat(refused.status()).as(stale).isEqualTo(412);
            assertThat(refused.at("/code")).isEqualTo("version_changed");
        }
        assertThat(admin.delete(path, "If-Match", "\"2\"").status()).isEqualTo(412);
        assertThat(admin.get(path).json()).isEqualTo(created.json());
        assertThat(admin.patch(path, "{\"permissions\": []}", "If-Match", "*").status())
                .isEqualTo(200);
        assertThat(admin.patch("/roles/no-such-role", "{}", "If-Match", "*").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "customer"})
    void theTwoThatTheServerLivesByStayAsTheyAre(String name) {
        var path = "/roles/" + name;
        var before = admin.get(path);
        for (var change : List.of("{\"permissions\": [\"orders:read\"]}", "{\"description\": \"x\"}")) {
            var refused = admin.patch(path, change, "If-Match", "*");
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.at("/code")).isEqualTo("built_in");
        }
        assertThat(admin.get(path).json()).isEqualTo(before.json());
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "customer", "support", "warehouse", "finance", "catalog"})
    void whatCameWithKontorIsNotDeleted(String name) {
        var refused = admin.delete("/roles/" + name);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("built_in");
        assertThat(admin.get("/roles/" + name).status()).isEqualTo(200);
    }

    @Test
    void whatSomebodyHasIsNotDeleted() {
        var created = admin.post("/roles", role(newName(), "orders:read"));
        users.having(created.at("/name"));
        var refused = admin.delete(created.header("Location"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("role_in_use");
        assertThat(admin.get(created.header("Location")).json()).isEqualTo(created.json());
    }

    @Test
    void nobodyWritesARoleBeyondTheirOwnRights() {
        var head = api.as(users.with("roles:read", "roles:write", "orders:read"));
        var refused = head.post("/roles", role(newName(), "orders:read", "orders:refund"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("beyond_own_rights");
        assertThat(refused.json().at("/permissions").toString()).isEqualTo("[\"orders:refund\"]");

        var mine = head.post("/roles", role(newName(), "orders:read"));
        assertThat(mine.status()).isEqualTo(201);
        var path = mine.header("Location");
        assertRefused(head.patch(path, "{\"permissions\": [\"orders:refund\"]}", "If-Match", "*"), "beyond_own_rights");
        assertThat(head.get(path).json()).isEqualTo(mine.json());

        var theirs = admin.post("/roles", role(newName(), "orders:refund"));
        path = theirs.header("Location");
        assertRefused(head.patch(path, "{\"permissions\": []}", "If-Match", "*"), "beyond_own_rights");
        assertRefused(head.delete(path), "beyond_own_rights");
        assertThat(head.get(path).json()).isEqualTo(theirs.json());
        // What one does not have may stay while something else changes.
        assertThat(head.patch(path, "{\"permissions\": [\"orders:read\", \"orders:refund\"]}", "If-Match", "*")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void nobodyGetsMoreByARoleThatTheyHave() {
        var created = admin.post("/roles", role(newName(), "roles:write", "roles:read"));
        var path = created.header("Location");
        var head = api.as(users.having(created.at("/name")));
        assertRefused(
                head.patch(
                        path,
                        "{\"permissions\": [\"roles:write\", \"roles:read\", \"orders:refund\"]}",
                        "If-Match",
                        "*"),
                "own_rights");
        assertThat(head.get(path).json()).isEqualTo(created.json());
        assertThat(head.patch(path, "{\"permissions\": [\"roles:read\"]}", "If-Match", "*")
                        .status())
                .as("less is no harm")
                .isEqualTo(200);
    }

    @Test
    void aChangeActsOnThoseWhoAreSignedIn() {
        var created = admin.post("/roles", role(newName()));
        var clerk = api.as(users.having(created.at("/name")));
        assertThat(clerk.get("/users").status()).isEqualTo(403);
        admin.patch(created.header("Location"), "{\"permissions\": [\"users:read\"]}", "If-Match", "*");
        Awaitility.await()
                .untilAsserted(() -> assertThat(clerk.get("/users").status()).isEqualTo(200));
        admin.patch(created.header("Location"), "{\"permissions\": []}", "If-Match", "*");
        Awaitility.await()
                .untilAsserted(() -> assertThat(clerk.get("/users").status()).isEqualTo(403));
    }

    @Test
    void takesItsPermissions() {
        var created = admin.post("/roles", role(newName()));
        var path = created.header("Location");
        var reader = api.as(users.with("roles:read"));
        assertThat(reader.get(path).status()).isEqualTo(200);
        for (var stranger : List.of(reader, api.as(users.customer()), api.as(users.with("users:roles")))) {
            assertRefused(stranger.post("/roles", role(newName())), "forbidden");
            assertRefused(stranger.patch(path, "{\"description\": \"x\"}", "If-Match", "*"), "forbidden");
            assertRefused(stranger.delete(path), "forbidden");
        }
        assertRefused(api.as(users.customer()).get("/roles"), "forbidden");
        assertRefused(api.as(users.customer()).get("/permissions"), "forbidden");
        assertThat(api.get("/roles").status()).isEqualTo(401);
        assertThat(admin.get(path).json()).isEqualTo(created.json());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "mighty; {*}",
                "admin; {orders:read}",
                "customer; {orders:read}",
                "shapeless; {orders}",
                "shapeless; {ORDERS:READ}",
                "shapeless; `{\"orders:read,orders:refund\"}`",
                "shapeless; {NULL}",
                "shapeless; {orders:read,*}",
                "Shapeless; {}",
            })
    void theDatabaseKeepsNoOtherShape(String name, String permissions) {
        assertThatThrownBy(() -> database.sql("""
                                INSERT INTO accounts.roles (name, permissions) VALUES (:name, CAST(:permissions AS text[]))
                                ON CONFLICT (name) DO UPDATE SET permissions = excluded.permissions
                                """)
                        .param("name", name)
                        .param("permissions", permissions)
                        .update())
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining("check constraint");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE accounts.roles SET built_in = false WHERE name = 'support'",
                "UPDATE accounts.roles SET name = 'root' WHERE name = 'admin'",
                "INSERT INTO accounts.roles (name, permissions, built_in) VALUES ('mine', '{}', true)",
                "UPDATE accounts.user_roles SET role = 'admin' WHERE user_id = 0",
                "TRUNCATE accounts.roles CASCADE",
            })
    void theServerMayDoNoMoreThanItNeeds(String statement) {
        assertThatThrownBy(() -> database.sql(statement).update())
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    private long count() {
        return database.sql("SELECT count(*) FROM accounts.roles")
                .query(Long.class)
                .single();
    }

    private static void assertRefused(Api.Answer answer, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        assertThat(answer.at("/code")).isEqualTo(code);
    }

    static Map<String, ?> role(String name, String... permissions) {
        return Map.of("name", name, "permissions", permissions);
    }

    static String newName() {
        return "test-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
