package kontor.accounts.roles;

import static java.util.Objects.requireNonNull;
import static kontor.accounts.roles.EditingRolesTest.newName;
import static kontor.accounts.roles.EditingRolesTest.role;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.Administrators;
import kontor.database.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class GivingRolesTest {
    private static final int ROUNDS = 20;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient database;

    @Autowired
    RoleStore store;

    @Autowired
    Administrators administrators;

    @Autowired
    TransactionTemplate transaction;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private List<Long> otherAdmins = List.of();
    private TestUser boss;
    private Api admin;

    @BeforeEach
    void signIn() {
        boss = users.admin();
        admin = api.as(boss);
    }

    @AfterEach
    void restoreAdmins() {
        for (var id : otherAdmins) makeAdmin(id);
    }

    @Test
    void areAllThatAUserHasFromThenOn() {
        var ann = users.having("support");
        var seen = admin.get(rolesOf(ann));
        assertThat(seen.header("ETag")).isEqualTo("\"customer+support\"");
        assertThat(seen.json().at("/permissions").toString()).contains("\"orders:cancel\"", "\"users:read\"");
        var given = give(admin, ann, seen.header("ETag"), "warehouse", "customer", "catalog", "warehouse");
        assertThat(given.status()).as(given.text()).isEqualTo(200);
        assertThat(given.json().at("/roles").toString()).isEqualTo("[\"catalog\",\"customer\",\"warehouse\"]");
        assertThat(given.json().at("/permissions").toString())
                .isEqualTo("[\"catalog:write\",\"inventory:read\",\"inventory:write\",\"orders:read\"]");
        assertThat(given.header("ETag")).isEqualTo("\"catalog+customer+warehouse\"");
        assertThat(admin.get(rolesOf(ann)).json()).isEqualTo(given.json());
        assertThat(admin.get("/users/" + ann.id()).json().at("/roles"))
                .isEqualTo(given.json().at("/roles"));
    }

    @Test
    void actOnThoseWhoAreSignedIn() {
        var ann = users.customer();
        assertThat(api.as(ann).get("/users").status()).isEqualTo(403);
        give(admin, ann, "*", "customer", "support");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(api.as(ann).get("/users").status()).isEqualTo(200));
        give(admin, ann, "*", "customer");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(api.as(ann).get("/users").status()).isEqualTo(403));
    }

    @Test
    void areNotGivenOverAnothersHead() {
        var ann = users.customer();
        var seen = admin.get(rolesOf(ann)).header("ETag");
        assertThat(give(admin, ann, seen, "customer", "support").status()).isEqualTo(200);
        var late = give(api.as(users.admin()), ann, seen, "customer", "catalog");
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.at("/code")).isEqualTo("version_changed");
        assertThat(late.json().at("/roles").toString()).isEqualTo("[\"customer\",\"support\"]");
        assertRoles(ann, "customer", "support");
        var blind = admin.put(rolesOf(ann), Map.of("roles", List.of("customer")));
        assertThat(blind.status()).isEqualTo(428);
        assertRoles(ann, "customer", "support");
    }

    @Test
    void areGivenByOneOfManyWhoHaveSeenTheSame() throws Exception {
        var ann = users.customer();
        var seen = admin.get(rolesOf(ann)).header("ETag");
        var statuses = race(List.of(
                () -> give(admin, ann, seen, "customer", "support").status(),
                () -> give(admin, ann, seen, "customer", "catalog").status(),
                () -> give(admin, ann, seen, "customer", "finance").status()));
        assertThat(statuses).containsExactly(200, 412, 412);
        assertThat(rolesKept(ann)).hasSize(2);
    }

    @Test
    void mayBeGivenAgainUnderTheSameKey() {
        var ann = users.customer();
        var key = UUID.randomUUID().toString();
        var body = Map.of("roles", List.of("customer", "support"));
        var seen = admin.get(rolesOf(ann)).header("ETag");
        var first = admin.put(rolesOf(ann), body, "If-Match", seen, "Idempotency-Key", key);
        var again = admin.put(rolesOf(ann), body, "If-Match", seen, "Idempotency-Key", key);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
    }

    @Test
    void areNoneThatThereAreNot() {
        var ann = users.customer();
        var refused = give(admin, ann, "*", "customer", "no-such-role");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/errors/0/field")).isEqualTo("roles[1]");
        assertThat(admin.put(rolesOf(ann), "{\"roles\": null}", "If-Match", "*").status())
                .isEqualTo(422);
        assertThat(admin.put(rolesOf(ann), "{\"roles\": [], \"id\": 1}", "If-Match", "*")
                        .status())
                .isEqualTo(422);
        assertRoles(ann, "customer");
    }

    @Test
    void areNotForGuestsNorForThoseWhoAreNotThere() {
        for (var id : List.of(0L, -1L, 999_999_999_999L)) {
            assertThat(admin.get("/users/" + id + "/roles").status()).isEqualTo(404);
            var refused = admin.put("/users/" + id + "/roles", Map.of("roles", List.of("support")), "If-Match", "*");
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.at("/code")).isEqualTo("not_found");
        }
    }

    @Test
    void areNotTakenByOpeningAnAccount() {
        var email = newName() + "@example.org";
        for (var more : List.of("\"role\": \"admin\"", "\"roles\": [\"admin\"]", "\"id\": 1", "\"balance\": 5")) {
            var refused = api.post("/users", """
                    {"name": "Eve", "email": "%s", "password": "a fine long passphrase", %s}
                    """.formatted(email, more));
            assertThat(refused.status()).as(more).isEqualTo(422);
            assertThat(refused.at("/errors/0/code")).isEqualTo("unknown_field");
        }
        assertThat(admin.get("/users?query=" + email).json().at("/items").size())
                .isZero();
    }

    @Test
    void leaveACustomerACustomer() {
        var ann = users.having("support");
        var refused = give(admin, ann, "*", "support");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("customer_stays");
        assertRoles(ann, "customer", "support");
    }

    @Test
    void areNotOnesOwn() {
        var head = users.with("users:roles", "roles:read");
        var before = rolesKept(head);
        var refused = give(api.as(head), head, "*", "customer", "support");
        assertRefused(refused, "own_rights");
        assertRefused(give(api.as(head), head, "*", "customer"), "own_rights");
        assertThat(rolesKept(head)).isEqualTo(before);
        assertRefused(give(admin, boss, "*", "admin", "support"), "own_rights");
        assertRoles(boss, "admin");
    }

    @Test
    void areNeitherGivenNorTakenBeyondOnesOwnRights() {
        var head = api.as(users.with("users:roles", "catalog:write", "inventory:read"));
        var ann = users.customer();
        for (var role : List.of("admin", "finance", "support", "warehouse"))
            assertRefused(give(head, ann, "*", "customer", role), "beyond_own_rights");
        assertRoles(ann, "customer");
        assertThat(give(head, ann, "*", "customer", "catalog").status()).isEqualTo(200);

        var mighty = users.admin();
        assertRefused(give(head, mighty, "*"), "beyond_own_rights");
        assertRoles(mighty, "admin");
        var clerk = users.having("finance");
        assertRefused(give(head, clerk, "*", "customer", "catalog"), "beyond_own_rights");
        assertRoles(clerk, "customer", "finance");
        // What one could not give may stay while something else changes.
        assertThat(give(head, clerk, "*", "customer", "finance", "catalog").status())
                .isEqualTo(200);
    }

    @Test
    void takeTheirPermission() {
        var ann = users.customer();
        for (var stranger : List.of(users.customer(), users.with("roles:read", "roles:write", "users:read"))) {
            assertRefused(give(api.as(stranger), ann, "*", "customer", "support"), "forbidden");
        }
        assertThat(give(api, ann, "*", "customer", "support").status()).isEqualTo(401);
        assertRefused(api.as(users.with("users:roles")).get(rolesOf(ann)), "forbidden");
        assertRoles(ann, "customer");
    }

    /** What the server remembers of the caller is older than what happened while they waited. */
    @Test
    void areJudgedByWhatTheCallerMayDoWhenTheirTurnComes() throws Exception {
        var headsRole = admin.post("/roles", role(newName(), "users:roles", "catalog:write", "inventory:read"));
        var head = api.as(users.having(headsRole.at("/name")));
        var ann = users.customer();
        assertRefused(head.get("/users"), "forbidden"); // now the server knows the head's token
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var request = requireNonNull(transaction.execute(_ -> {
                administrators.awaitTurn();
                store.update(headsRole.at("/name"), 1, null, List.of("inventory:read", "users:roles"));
                var waiting = threads.submit(() -> give(head, ann, "*", "customer", "catalog"));
                Awaitility.await().until(this::somebodyWaitsForTheirTurn);
                return waiting;
            }));
            assertRefused(request.get(), "beyond_own_rights");
        }
        assertRoles(ann, "customer");
    }

    /** Staff may ask for another address of those who may do no more than they; whoever reads its mail would have the account. */
    @Test
    void leaveNoLinkToAnAddressThatStaffHadAskedFor() {
        var ann = users.customer();
        var clerk = api.as(users.with("users:write"));
        var asked = clerk.post("/users/" + ann.id() + "/email", Map.of("email", newName() + "@example.org"));
        assertThat(asked.status()).as(asked.text()).isEqualTo(202);
        assertThat(addressLinks(ann)).isEqualTo(1);
        give(admin, ann, "*", "customer");
        assertThat(addressLinks(ann)).as("nothing was given").isEqualTo(1);
        assertThat(give(admin, ann, "*", "customer", "finance").status()).isEqualTo(200);
        assertThat(addressLinks(ann)).isZero();
    }

    private int addressLinks(TestUser user) {
        return owner.sql("SELECT count(*) FROM accounts.one_time_tokens WHERE user_id = ? AND purpose = 'change_email'")
                .param(user.id())
                .query(Integer.class)
                .single();
    }

    @Test
    void leaveTheLastAdminAdmin() {
        dismissAllButTheBoss();
        var refused = give(admin, boss, "*");
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("last_admin");
        assertRoles(boss, "admin");
        var second = users.admin();
        assertRefused(give(admin, boss, "*"), "own_rights");
        assertThat(give(api.as(second), boss, "*").status()).isEqualTo(200);
        assertThat(admins()).containsExactly(second.id());
    }

    @Test
    void leaveOneAdminOfTwoWhoDismissEachOther() throws Exception {
        dismissAllButTheBoss();
        for (var round = 0; round < ROUNDS; round++) {
            var ann = users.admin();
            var bob = users.admin();
            database.sql("DELETE FROM accounts.user_roles WHERE role = 'admin' AND user_id NOT IN (?, ?)")
                    .params(ann.id(), bob.id())
                    .update();
            var statuses = race(List.of(
                    () -> give(api.as(ann), bob, "*").status(),
                    () -> give(api.as(bob), ann, "*").status()));
            assertThat(statuses.getFirst()).isEqualTo(200);
            assertThat(statuses.getLast()).isEqualTo(403);
            assertThat(admins()).hasSize(1);
        }
        makeAdmin(boss.id());
    }

    @Test
    void leaveOneAdminWhicheverWayTheRoleIsTaken() throws Exception {
        dismissAllButTheBoss();
        for (var round = 0; round < ROUNDS; round++) {
            var second = users.admin();
            var first = admins().stream()
                    .filter(id -> id != second.id())
                    .findFirst()
                    .orElseThrow();
            var taken =
                    race(List.of(() -> takeBehindTheServersBack(first), () -> takeBehindTheServersBack(second.id())));
            assertThat(taken).containsExactly(0, 1);
            assertThat(admins()).hasSize(1);
        }
        makeAdmin(boss.id());
    }

    private int takeBehindTheServersBack(long userId) {
        try {
            return requireNonNull(transaction.execute(
                    _ -> database.sql("DELETE FROM accounts.user_roles WHERE user_id = ? AND role = 'admin'")
                            .param(userId)
                            .update()));
        } catch (DataIntegrityViolationException e) {
            assertThat(e).rootCause().hasMessageContaining("the last administrator stays");
            return 0;
        }
    }

    private void dismissAllButTheBoss() {
        otherAdmins = admins().stream().filter(id -> id != boss.id()).toList();
        owner.sql("DELETE FROM accounts.user_roles WHERE role = 'admin' AND user_id <> ?")
                .param(boss.id())
                .update();
    }

    private void makeAdmin(long id) {
        owner.sql("INSERT INTO accounts.user_roles (user_id, role) VALUES (?, 'admin') ON CONFLICT DO NOTHING")
                .param(id)
                .update();
    }

    private List<Long> admins() {
        return owner.sql("SELECT user_id FROM accounts.user_roles WHERE role = 'admin'")
                .query(Long.class)
                .list();
    }

    private boolean somebodyWaitsForTheirTurn() {
        return owner.sql("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                .query(Boolean.class)
                .single();
    }

    private static List<Integer> race(List<Callable<Integer>> racers) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(racers).stream()
                    .map(racer -> racer.resultNow())
                    .sorted()
                    .toList();
        }
    }

    private static Api.Answer give(Api by, TestUser to, String seen, String... roles) {
        return by.put(rolesOf(to), Map.of("roles", roles), "If-Match", seen);
    }

    private static String rolesOf(TestUser user) {
        return "/users/" + user.id() + "/roles";
    }

    private List<String> rolesKept(TestUser user) {
        return owner.sql("SELECT role FROM accounts.user_roles WHERE user_id = ? ORDER BY role")
                .param(user.id())
                .query(String.class)
                .list();
    }

    private void assertRoles(TestUser user, String... roles) {
        assertThat(rolesKept(user)).containsExactly(roles);
    }

    private static void assertRefused(Api.Answer answer, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        assertThat(answer.at("/code")).isEqualTo(code);
    }
}
