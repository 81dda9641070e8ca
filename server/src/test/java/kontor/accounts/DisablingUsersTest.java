package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class DisablingUsersTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Test
    void keepsThemOutUntilTheyAreLetInAgain() {
        var ann = users.customer();
        var clerk = api.as(users.with("users:write", "users:read"));
        var session = api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD));
        var disabled = clerk.post("/users/" + ann.id() + "/disable", null);
        assertThat(disabled.status()).isEqualTo(200);
        assertThat(disabled.at("/state")).isEqualTo("disabled");
        assertThat(api.as(ann).get("/users/me").status()).isEqualTo(401);
        assertThat(api.as(session.at("/access_token")).get("/users/me").status())
                .isEqualTo(401);
        assertThat(api.post("/login/refresh", Map.of("refresh_token", session.at("/refresh_token")))
                        .status())
                .isEqualTo(401);
        assertThat(login(ann).at("/code")).isEqualTo("invalid_credentials");
        assertThat(clerk.get("/users?state=disabled&query=" + ann.email())
                        .json()
                        .get("items"))
                .hasSize(1);
        assertThat(clerk.get("/users?state=active&query=" + ann.email()).json().get("items"))
                .isEmpty();
        assertThat(clerk.post("/users/" + ann.id() + "/disable", null).status()).isEqualTo(200);

        assertThat(clerk.post("/users/" + ann.id() + "/enable", null).at("/state"))
                .isEqualTo("active");
        assertThat(login(ann).status()).isEqualTo(200);
        assertThat(api.as(ann).get("/users/me").status())
                .as("what has ended stays so")
                .isEqualTo(401);
    }

    @Test
    void isForStaffAndForNobodyAboutThemselves() {
        var ann = users.customer();
        var bob = users.customer();
        assertThat(api.as(bob).post("/users/" + ann.id() + "/disable", null).status())
                .isEqualTo(403);
        assertThat(api.post("/users/" + ann.id() + "/disable", null).status()).isEqualTo(401);
        var admin = users.admin();
        var self = api.as(admin).post("/users/" + admin.id() + "/disable", null);
        assertThat(self.status()).isEqualTo(403);
        assertThat(self.at("/code")).isEqualTo("own_rights");
        assertThat(api.as(admin)
                        .post("/users/" + Long.MAX_VALUE + "/disable", null)
                        .status())
                .isEqualTo(404);
        assertThat(api.as(ann).get("/users/me").at("/state")).isEqualTo("active");
        assertThat(api.as(admin).get("/users/me").at("/state")).isEqualTo("active");
    }

    @Test
    void refusesAStateThatIsNone() {
        assertThat(api.as(users.admin()).get("/users?state=asleep").at("/errors/0/field"))
                .isEqualTo("state");
    }

    @Test
    void leavesOneAdministratorThoughTwoDisableEachOtherAtOnce(@TempDir Path folder) throws Exception {
        try (var gateway = new OwnGateway(folder);
                var server = new OwnServer(TestDatabase.another("last_admin"), gateway, folder.resolve("server"))) {
            var database = server.database();
            var first = database.sql("SELECT min(user_id) FROM accounts.user_roles WHERE role = 'admin'")
                    .query(Long.class)
                    .single();
            assertThat(server.staff().post("/users/" + first + "/disable", null).status())
                    .isEqualTo(200);
            for (var round = 0; round < 5; round++) {
                var left = server.as(server.bean(TestUsers.class).admin().token());
                var right = server.as(server.bean(TestUsers.class).admin().token());
                var leftId = left.get("/users/me").at("/id");
                var rightId = right.get("/users/me").at("/id");
                database.sql("UPDATE accounts.users SET disabled_at = now() WHERE id NOT IN (?::bigint, ?::bigint)")
                        .params(leftId, rightId)
                        .update();
                List<Callable<Integer>> duel = List.of(
                        () -> left.post("/users/" + rightId + "/disable", null).status(),
                        () -> right.post("/users/" + leftId + "/disable", null).status());
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (var done : threads.invokeAll(duel))
                        assertThat(done.get()).isIn(200, 401, 409);
                }
                assertThat(database.sql("""
                                        SELECT count(*) FROM accounts.user_roles JOIN accounts.users ON id = user_id
                                        WHERE role = 'admin' AND disabled_at IS NULL
                                        """).query(Integer.class).single()).isEqualTo(1);
                database.sql("UPDATE accounts.users SET disabled_at = NULL WHERE id IN (?::bigint, ?::bigint)")
                        .params(leftId, rightId)
                        .update();
            }
            var last = server.bean(TestUsers.class).admin();
            database.sql("UPDATE accounts.users SET disabled_at = now() WHERE id <> ?")
                    .param(last.id())
                    .update();
            for (var answer : List.of(
                    server.as(last.token()).post("/users/" + last.id() + "/disable", null),
                    server.as(last.token()).delete("/users/me"))) {
                assertThat(answer.status()).isEqualTo(409);
                assertThat(answer.at("/code")).isEqualTo("last_admin");
            }
        }
    }

    private Api.Answer login(TestUsers.TestUser user) {
        return api.post("/login", Map.of("email", user.email(), "password", TestUsers.PASSWORD));
    }
}
