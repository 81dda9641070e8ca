package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where accounts have to be verified by mail, and where staff open them. */
class RegisteringByMailTest {
    private static OwnGateway gateway;
    private static OwnServer verified;
    private static OwnServer closed;

    @BeforeAll
    static void open(@TempDir Path folder) throws Exception {
        gateway = new OwnGateway(folder);
        var database = TestDatabase.another("registering_by_mail");
        verified = new OwnServer(database, gateway, folder.resolve("verified"), options("verified"));
        closed = new OwnServer(database, gateway, folder.resolve("closed"), options("closed"));
    }

    private static String[] options(String registration) {
        return Stream.concat(
                        TestMail.settings().stream(),
                        Stream.of(
                                "kontor.accounts.registration=" + registration,
                                "kontor.accounts.public-url=https://shop.example",
                                "kontor.accounts.tries.per-network=1000000"))
                .map(each -> "--" + each)
                .toArray(String[]::new);
    }

    @AfterAll
    static void close() throws Exception {
        closed.close();
        verified.close();
        gateway.close();
    }

    @Test
    void opensTheAccountWhenTheLinkIsFollowed() {
        var email = newEmail();
        var answer = register(email, TestUsers.PASSWORD);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text()).isEmpty();
        var early = login(email, TestUsers.PASSWORD);
        assertThat(early.status()).isEqualTo(403);
        assertThat(early.at("/code")).isEqualTo("email_unverified");
        assertThat(early.headers().allValues("Set-Cookie")).isEmpty();

        var mail = TestMail.textsTo(email, 1).getFirst();
        assertThat(mail).contains("https://shop.example/account/verify?token=").doesNotContain("Ann");
        assertThat(verify(TestMail.tokenIn(mail), TestUsers.PASSWORD).status()).isEqualTo(204);
        assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(verify(TestMail.tokenIn(mail), TestUsers.PASSWORD).at("/code"))
                .isEqualTo("link_not_good");
    }

    @Test
    void tellsTheRightPasswordOnlyThatTheAccountIsNotOpenYet() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var wrong = login(email, "not the password");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.at("/code")).isEqualTo("invalid_credentials");
    }

    @Test
    void answersTheSameForAnAddressThatIsTakenAndWritesItsOwner() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        verify(TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst()), TestUsers.PASSWORD);
        var again = register(email, "another long passphrase");
        var fresh = register(newEmail(), "another long passphrase");
        assertThat(again.status()).isEqualTo(fresh.status()).isEqualTo(202);
        assertThat(again.text()).isEqualTo(fresh.text());
        assertThat(again.headers().map().keySet())
                .isEqualTo(fresh.headers().map().keySet());
        assertThat(TestMail.textsTo(email, 2).get(1)).contains("one already").doesNotContain("token");
        assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(login(email, "another long passphrase").status()).isEqualTo(401);
    }

    @Test
    void letsTheLastOfManyWhoRegisterAnUnopenedAddressHaveIt() {
        var email = newEmail();
        register(email, "the password of a stranger");
        var strangers = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        register(email, TestUsers.PASSWORD);
        var owners = TestMail.tokenIn(TestMail.textsTo(email, 2).get(1));
        assertThat(verify(strangers, "the password of a stranger").at("/code")).isEqualTo("link_not_good");
        assertThat(verify(owners, TestUsers.PASSWORD).status()).isEqualTo(204);
        assertThat(login(email, "the password of a stranger").status()).isEqualTo(401);
        assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void activatesNoStrangersPasswordWhenTheOwnerFollowsTheLinkThatTheStrangerHasCaused() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var owners = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        register(email, "the password of a stranger");
        var newest = TestMail.tokenIn(TestMail.textsTo(email, 2).get(1));
        assertThat(verify(owners, TestUsers.PASSWORD).at("/code")).isEqualTo("link_not_good");
        var refused = verify(newest, TestUsers.PASSWORD);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("wrong_password");
        assertUnopened(email);
        assertThat(login(email, "the password of a stranger").at("/code")).isEqualTo("email_unverified");

        register(email, TestUsers.PASSWORD);
        var again = TestMail.tokenIn(TestMail.textsTo(email, 3).get(2));
        assertThat(verify(again, TestUsers.PASSWORD).status()).isEqualTo(204);
        assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(login(email, "the password of a stranger").status()).isEqualTo(401);
    }

    @Test
    void opensToTheOwnerOfTheAddressByANewPasswordHoweverOftenAStrangerRegisters() {
        var email = newEmail();
        for (var i = 0; i < 6; i++) register(email, "the password of a stranger");
        for (var i = 0; i < 6; i++) guest().post("/users/verification/request", Map.of("email", email));
        guest().post("/password-resets", Map.of("email", email));
        await().atMost(Duration.ofSeconds(30)).until(() -> resetMailTo(email).isPresent());
        var token = TestMail.tokenIn(resetMailTo(email).orElseThrow());
        assertThat(guest().post("/password-resets/confirm", Map.of("token", token, "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(204);
        assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(login(email, "the password of a stranger").status()).isEqualTo(401);
    }

    @Test
    void keepsTheLinkGoodWhenThePasswordIsWrong() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        var without = guest().post("/users/verification", Map.of("token", token));
        assertThat(without.status()).isEqualTo(422);
        assertThat(without.at("/errors/0/field")).isEqualTo("password");
        for (var wrong : List.of("", "not the password", "x".repeat(10_000)))
            assertThat(verify(token, wrong).at("/code")).isEqualTo("wrong_password");
        assertUnopened(email);
        assertThat(verified.database()
                        .sql("""
                                SELECT count(*) FROM auditlog.acts JOIN accounts.users u ON subject = 'user:' || u.id
                                WHERE u.email = ? AND action = 'users.verify_email' AND outcome = 'refused'
                                """)
                        .param(email)
                        .query(Integer.class)
                        .single())
                .isEqualTo(3);
        assertThat(verify(token, TestUsers.PASSWORD).status()).isEqualTo(204);
    }

    @Test
    void slowsDownWhoeverGuessesThePasswordOfALink() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        for (var i = 0; i < 5; i++)
            assertThat(verify(token, "guess number " + i).status()).isEqualTo(403);
        var slowed = verify(token, TestUsers.PASSWORD);
        assertThat(slowed.status()).isEqualTo(429);
        assertThat(slowed.header("Retry-After")).matches("[1-9][0-9]*");
        assertUnopened(email);
        assertThat(login(email, TestUsers.PASSWORD).at("/code"))
                .as("logins are counted by themselves")
                .isEqualTo("email_unverified");
    }

    @Test
    void activatesNoStrangersPasswordThoughOwnerAndStrangerComeAtOnce() throws Exception {
        for (var round = 0; round < 10; round++) {
            var email = newEmail();
            register(email, TestUsers.PASSWORD);
            var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
            List<Callable<Integer>> both = List.of(
                    () -> verify(token, TestUsers.PASSWORD).status(),
                    () -> register(email, "the password of a stranger").status());
            int owners;
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var answers = threads.invokeAll(both);
                owners = answers.getFirst().resultNow();
                assertThat(answers.getLast().resultNow()).isEqualTo(202);
            }
            assertThat(owners).isIn(204, 403, 422); // in time, or the stranger was faster
            assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(owners == 204 ? 200 : 401);
            assertThat(login(email, "the password of a stranger").status()).isEqualTo(owners == 204 ? 401 : 403);
        }
    }

    @Test
    void opensNothingWhenTheAccountWasShutMeanwhile() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        verified.database()
                .sql("UPDATE accounts.users SET disabled_at = now() WHERE email = ?")
                .param(email)
                .update();
        assertThat(verify(token, TestUsers.PASSWORD).at("/code")).isEqualTo("link_not_good");
        assertUnopened(email);
    }

    @Test
    void countsNoMailThatIsNotWritten() {
        var email = newEmail();
        for (var i = 0; i < 6; i++) {
            guest().post("/password-resets", Map.of("email", email));
            guest().post("/users/verification/request", Map.of("email", email));
        }
        await().until(() -> verified.database()
                        .sql("SELECT count(*) FROM accounts.mail_requests")
                        .query(Integer.class)
                        .single()
                == 0);
        register(email, TestUsers.PASSWORD);
        TestMail.textsTo(email, 1);
        guest().post("/users/verification/request", Map.of("email", email));
        guest().post("/password-resets", Map.of("email", email));
        assertThat(TestMail.textsTo(email, 3)).hasSize(3);
    }

    @Test
    void answersTheSameToAllWhoWantOneAddressAtTheSameMoment() throws Exception {
        var email = newEmail();
        var statuses = race(() -> register(email, TestUsers.PASSWORD).status(), 6);
        assertThat(statuses).containsOnly(202);
        assertThat(verified.database()
                        .sql("SELECT count(*) FROM accounts.users WHERE email = ?")
                        .param(email)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void usesALinkOnceThoughManyFollowItAtOnce() throws Exception {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        assertThat(race(() -> verify(token, TestUsers.PASSWORD).status(), 50))
                .hasSize(50)
                .containsOnlyOnce(204)
                .containsOnly(204, 422);
    }

    @Test
    void sendsTheMailAgain() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        var first = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        var known = guest().post("/users/verification/request", Map.of("email", email));
        var unknown = guest().post("/users/verification/request", Map.of("email", newEmail()));
        assertThat(known.status()).isEqualTo(unknown.status()).isEqualTo(202);
        assertThat(known.text()).isEqualTo(unknown.text());
        var second = TestMail.tokenIn(TestMail.textsTo(email, 2).get(1));
        assertThat(verify(first, TestUsers.PASSWORD).status()).isEqualTo(422);
        assertThat(verify(second, TestUsers.PASSWORD).status()).isEqualTo(204);
    }

    @Test
    void sendsAnAddressFourMailsAndNoMoreForNow() {
        var email = newEmail();
        for (var i = 0; i < 8; i++)
            assertThat(register(email, TestUsers.PASSWORD).status()).isEqualTo(202);
        TestMail.textsTo(email, 4);
        var written = verified.database()
                .sql("SELECT count(*) FROM mail.outgoing WHERE recipient = ?")
                .param(email)
                .query(Integer.class)
                .single();
        assertThat(written).isEqualTo(4);
    }

    @Test
    void isRepeatableUnderItsKey() {
        var email = newEmail();
        var body = Map.of("name", "Ann", "email", email, "password", TestUsers.PASSWORD);
        for (var i = 0; i < 2; i++)
            assertThat(guest().post("/users", body, "Idempotency-Key", "again").status())
                    .isEqualTo(202);
        var taken = Map.of("name", "Ann", "email", email, "password", "another long passphrase");
        assertThat(guest().post("/users", taken, "Idempotency-Key", "again").status())
                .as("whose password it is, is not told")
                .isEqualTo(202);
    }

    @Test
    void isStillRefusedWhatBreaksARule() {
        assertThat(register("nobody", "short").status()).isEqualTo(422);
        assertThat(register(newEmail(), "kontor2026").at("/errors/0/code")).isEqualTo("too_common");
    }

    @Test
    void isClosedToGuestsAndCustomersWhereStaffOpenAccounts() {
        var customer = closed.bean(TestUsers.class).customer();
        for (var somebody : List.of(closed.bean(Api.class), closed.as(customer.token()))) {
            var email = newEmail();
            var answer = somebody.post("/users", Map.of("name", "Ann", "email", email, "password", TestUsers.PASSWORD));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.at("/code")).isEqualTo("registration_closed");
            assertThat(closed.database()
                            .sql("SELECT count(*) FROM accounts.users WHERE email = ?")
                            .param(email)
                            .query(Integer.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void lettingStaffOpenAnAccountHasThePersonChooseThePassword() {
        var email = newEmail();
        var made = closed.staff().post("/users", Map.of("name", "Ann", "email", email));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.at("/state")).isEqualTo("unverified");
        assertThat(closed.staff()
                        .post("/users", Map.of("name", "Ann", "email", email))
                        .at("/code"))
                .isEqualTo("email_taken");
        register(email, "the password of a stranger");
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        assertThat(guest().post("/password-resets/confirm", Map.of("token", token, "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(204);
        assertThat(login(email, TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(login(email, "the password of a stranger").status()).isEqualTo(401);
    }

    @Test
    void findsThoseWhoHaveNotComeYet() {
        var email = newEmail();
        register(email, TestUsers.PASSWORD);
        assertThat(verified.staff()
                        .get("/users?state=unverified&query=" + email)
                        .json()
                        .get("items"))
                .hasSize(1);
        assertThat(verified.staff()
                        .get("/users?state=active&query=" + email)
                        .json()
                        .get("items"))
                .isEmpty();
    }

    private static Api guest() {
        return verified.bean(Api.class);
    }

    private static Api.Answer register(String email, String password) {
        return guest().post("/users", Map.of("name", "Ann", "email", email, "password", password));
    }

    private static Api.Answer login(String email, String password) {
        return guest().post("/login", Map.of("email", email, "password", password));
    }

    private static Api.Answer verify(String token, String password) {
        return guest().post("/users/verification", Map.of("token", token, "password", password));
    }

    /** That nobody has come into the account, and that its link is still there. */
    private static void assertUnopened(String email) {
        assertThat(verified.database()
                        .sql("""
                                SELECT u.email_verified_at IS NULL AND EXISTS (
                                    SELECT FROM accounts.one_time_tokens
                                    WHERE user_id = u.id AND purpose = 'verify_email' AND expires_at > now())
                                FROM accounts.users u WHERE email = ?
                                """)
                        .param(email)
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    private static Optional<String> resetMailTo(String email) {
        return TestMail.to(email).stream()
                .map(TestMail::text)
                .filter(text -> text.contains("/account/reset-password"))
                .findFirst();
    }

    private static List<Integer> race(Callable<Integer> work, int times) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads
                    .invokeAll(IntStream.range(0, times).mapToObj(_ -> work).toList())
                    .stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .toList();
        }
    }

    private static String newEmail() {
        return "ann." + UUID.randomUUID() + "@example.org";
    }
}
