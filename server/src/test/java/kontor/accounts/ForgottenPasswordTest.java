package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class ForgottenPasswordTest {
    private static final String NEW = "a new and long passphrase";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    PasswordResets resets;

    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void isReplacedByTheLinkInAMail() {
        var before = login(TestUsers.PASSWORD);
        var mail = askForLink();
        assertThat(mail).contains("https://shop.example/account/reset-password?token=");
        assertThat(confirm(TestMail.tokenIn(mail), NEW).status()).isEqualTo(204);
        assertThat(login(NEW).status()).isEqualTo(200);
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(401);
        assertThat(api.as(before.at("/access_token")).get("/users/me").status())
                .as("all sessions have ended")
                .isEqualTo(401);
        assertThat(api.as(ann).get("/users/me").status()).isEqualTo(401);
        assertThat(api.post("/login/refresh", Map.of("refresh_token", before.at("/refresh_token")))
                        .status())
                .isEqualTo(401);
        assertThat(TestMail.textsTo(ann.email(), 2).get(1))
                .contains("was changed")
                .doesNotContain("token");
        assertThat(count("SELECT count(*) FROM accounts.devices WHERE user_id = " + ann.id()))
                .as("no browser is known any more")
                .isZero();
        assertThat(count("SELECT count(*) FROM auditlog.acts WHERE action = 'users.reset_password' AND subject = 'user:"
                        + ann.id() + "'"))
                .isEqualTo(1);
    }

    @Test
    void isAskedForWithTheSameAnswerAndTheSameWorkForEverybody() {
        var known = api.post("/password-resets", Map.of("email", ann.email()));
        var unknown = api.post("/password-resets", Map.of("email", newEmail()));
        assertThat(known.status()).isEqualTo(unknown.status()).isEqualTo(202);
        assertThat(known.text()).isEqualTo(unknown.text()).isEmpty();
        assertThat(known.headers().map().keySet())
                .isEqualTo(unknown.headers().map().keySet());
    }

    @Test
    void isChosenByMailByThoseWhoHaveNoneAndNoOtherWayIn() {
        jdbc.sql("UPDATE accounts.users SET password_hash = NULL, email_verified_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(401);
        assertThat(confirm(TestMail.tokenIn(askForLink()), NEW).status()).isEqualTo(204);
        assertThat(login(NEW).status()).isEqualTo(200);
    }

    @Test
    void isNotMailedToThoseWhoLogInElsewhere() {
        var elsewhere = users.customer();
        jdbc.sql("UPDATE accounts.users SET password_hash = NULL, email_verified_at = now() WHERE id = ?")
                .param(elsewhere.id())
                .update();
        jdbc.sql("INSERT INTO accounts.identities (issuer, subject, user_id) VALUES ('ldap', ?, ?)")
                .params("forgotten-" + elsewhere.id(), elsewhere.id())
                .update();
        var disabled = users.customer();
        api.as(users.admin()).post("/users/" + disabled.id() + "/disable", null);
        for (var email : List.of(elsewhere.email(), disabled.email(), newEmail())) resets.mail(email);
        for (var email : List.of(elsewhere.email(), disabled.email()))
            assertThat(jdbc.sql("SELECT count(*) FROM mail.outgoing WHERE recipient = ?")
                            .param(email)
                            .query(Integer.class)
                            .single())
                    .isZero();
    }

    @Test
    void takesALinkOnceThoughManyBringItAtOnce() throws Exception {
        var token = TestMail.tokenIn(askForLink());
        List<Callable<Integer>> racers = IntStream.range(0, 50)
                .mapToObj(i ->
                        (Callable<Integer>) () -> confirm(token, NEW + " " + i).status())
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = threads.invokeAll(racers).stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .toList();
            assertThat(statuses).hasSize(50).containsOnlyOnce(204).isSubsetOf(204, 422, 503);
            var winner = statuses.indexOf(204);
            assertThat(login(NEW + " " + winner).status()).isEqualTo(200);
        }
    }

    @Test
    void lettingTwoLinksRaceLetsOneWin() throws Exception {
        for (var round = 0; round < 5; round++) {
            var bob = users.customer();
            api.post("/password-resets", Map.of("email", bob.email()));
            api.post("/password-resets", Map.of("email", bob.email()));
            var links = TestMail.textsTo(bob.email(), 2);
            List<Callable<Integer>> racers = links.stream()
                    .map(link -> (Callable<Integer>)
                            () -> confirm(TestMail.tokenIn(link), NEW).status())
                    .toList();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(threads.invokeAll(racers).stream()
                                .map(java.util.concurrent.Future::resultNow)
                                .sorted())
                        .containsExactly(204, 422);
            }
        }
    }

    @Test
    void isNotReplacedByLinksThatAreNoneOrTooOldOrWereWithdrawn() {
        var token = TestMail.tokenIn(askForLink());
        var owner = JdbcClient.create(TestDatabase.owner());
        assertThat(owner.sql(
                                "SELECT extract(epoch FROM expires_at - created_at) FROM accounts.one_time_tokens WHERE user_id = ?")
                        .param(ann.id())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1800);
        owner.sql(
                        "UPDATE accounts.one_time_tokens SET created_at = now() - interval '31 min', expires_at = now() - interval '1 min' WHERE user_id = ?")
                .param(ann.id())
                .update();
        var old = confirm(token, NEW);
        var none = confirm("A".repeat(43), NEW);
        var nonsense = confirm("' OR 1=1 --", NEW);
        for (var answer : List.of(old, none, nonsense)) {
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.at("/code")).isEqualTo("link_not_good");
            assertThat(answer.at("/detail")).isEqualTo(old.at("/detail"));
        }
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void staysWhenTheNewOneBreaksARuleAndSoDoesTheLink() {
        var token = TestMail.tokenIn(askForLink());
        assertThat(confirm(token, "7 chars").at("/errors/0/code")).isEqualTo("too_short");
        assertThat(confirm(token, "x9".repeat(64) + "y").at("/errors/0/code")).isEqualTo("too_long");
        assertThat(confirm(token, "kontor2026").at("/errors/0/code")).isEqualTo("too_common");
        assertThat(confirm(token, ann.email()).at("/errors/0/code")).isEqualTo("too_personal");
        assertThat(confirm(token, "x".repeat(800_000)).at("/errors/0/code")).isEqualTo("too_long");
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(confirm(token, NEW).status()).isEqualTo(204);
    }

    @Test
    void isMailedFourTimesAtOnceAndNoMore() {
        for (var i = 0; i < 9; i++)
            assertThat(api.post("/password-resets", Map.of("email", ann.email()))
                            .status())
                    .isEqualTo(202);
        TestMail.textsTo(ann.email(), 4);
        await().until(() -> count("SELECT count(*) FROM accounts.mail_requests") == 0);
        assertThat(jdbc.sql("SELECT count(*) FROM mail.outgoing WHERE recipient = ?")
                        .param(ann.email())
                        .query(Integer.class)
                        .single())
                .isEqualTo(4);
    }

    @Test
    void leavesNothingOfALinkInTheDatabase() {
        var token = TestMail.tokenIn(askForLink());
        assertThat(jdbc.sql("SELECT string_agg(coalesce(body, ''), ' ') || string_agg(subject, ' ') FROM mail.outgoing")
                        .query(String.class)
                        .single())
                .doesNotContain(token);
        await().until(() ->
                count("SELECT count(*) FROM mail.outgoing WHERE recipient = '" + ann.email() + "' AND body IS NOT NULL")
                        == 0);
    }

    @Test
    void refusesWhatIsNoRequest() {
        assertThat(api.post("/password-resets", "[]").status()).isEqualTo(400);
        assertThat(api.post("/password-resets", "{}").status()).isEqualTo(422);
        assertThat(api.post("/password-resets", Map.of("email", "nobody\r\nBcc: eve@example.org"))
                        .status())
                .isEqualTo(422);
        assertThat(api.post("/password-resets", Map.of("email", ann.email(), "role", "admin"))
                        .at("/errors/0/code"))
                .isEqualTo("unknown_field");
        assertThat(api.post("/password-resets/confirm", "{}").status()).isEqualTo(422);
        assertThat(api.post("/password-resets/confirm", Collections.singletonMap("token", null))
                        .status())
                .isEqualTo(422);
    }

    private String askForLink() {
        assertThat(api.post("/password-resets", Map.of("email", ann.email())).status())
                .isEqualTo(202);
        return TestMail.textsTo(ann.email(), 1).getFirst();
    }

    private Api.Answer confirm(String token, String password) {
        return api.post("/password-resets/confirm", Map.of("token", token, "password", password));
    }

    private Api.Answer login(String password) {
        return api.post("/login", Map.of("email", ann.email(), "password", password));
    }

    private int count(String sql) {
        return jdbc.sql(sql).query(Integer.class).single();
    }

    private static String newEmail() {
        return "nobody." + UUID.randomUUID() + "@example.org";
    }
}
