package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class RegisteringTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient jdbc;

    @Test
    void opensAnAccountAndTellsWithoutSecrets() {
        var email = newEmail();
        var answer = register("  Ann Lee ", email, TestUsers.PASSWORD);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/users/" + answer.at("/id"));
        assertThat(answer.at("/name")).isEqualTo("Ann Lee");
        assertThat(answer.at("/email")).isEqualTo(email);
        assertThat(answer.json().get("roles").toString()).isEqualTo("[\"customer\"]");
        assertThat(answer.at("/created_at")).endsWith("Z");
        assertThat(answer.json().propertyNames())
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
    void keepsPasswordsAsArgon2idHashesOnly() {
        var email = newEmail();
        register("Ann", email, TestUsers.PASSWORD);
        var row =
                jdbc.sql("SELECT u::text FROM accounts.users u WHERE email = ?").param(email);
        assertThat(row.query(String.class).single())
                .contains("$argon2id$v=19$m=64,t=1,p=1$")
                .doesNotContain("passphrase");
    }

    @Test
    void keepsNamesOfAnyScriptAsTheyAre() {
        for (var name : List.of("Ångström Łukasz", "张伟", "محمد علي", "Zoë 🙂", "<b>Ann</b> \"O'Neil\"", "é"))
            assertThat(register(name, newEmail(), TestUsers.PASSWORD).at("/name"))
                    .isEqualTo(name);
    }

    @Test
    void refusesAnAddressThatIsTakenInAnyCase() {
        var email = newEmail();
        register("Ann", email, TestUsers.PASSWORD);
        var again = register("Eve", email.toUpperCase(Locale.ROOT), TestUsers.PASSWORD);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/code")).isEqualTo("email_taken");
        assertThat(accountsOf(email)).isEqualTo(1);
    }

    @Test
    void letsOneOfManyWinWhoWantTheSameAddressAtTheSameMoment() throws Exception {
        var email = newEmail();
        var attempt = (Callable<Integer>)
                () -> register("Ann", email, TestUsers.PASSWORD).status();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = threads.invokeAll(List.of(attempt, attempt, attempt, attempt)).stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .sorted()
                    .toList();
            assertThat(statuses).containsExactly(201, 409, 409, 409);
        }
        assertThat(accountsOf(email)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ann",
                "ann@",
                "@example.org",
                "ann@b",
                "ann@@example.org",
                "a@b@example.org",
                "ann@example.org.",
                "ann@.example.org",
                "ann@example..org",
                "ann@-example.org",
                "ann@example-.org",
                ".ann@example.org",
                "ann.@example.org",
                "a..n@example.org",
                "\"ann lee\"@example.org",
                "ann lee@example.org",
                "ann@exämple.org",
                "änn@example.org",
                "ann\u200b@example.org",
                "ann@[127.0.0.1]",
                "ann@127.0.0.1",
                "ann@example.org ",
                "ann@example.org\u0000",
                "ann@exa_mple.org",
                "Ann <ann@example.org>"
            })
    void refusesWhatIsNoAddress(String email) {
        assertRefused(register("Ann", email, TestUsers.PASSWORD), "email", "email");
    }

    @Test
    void refusesAddressesThatAreTooLong() {
        assertRefused(register("Ann", "a".repeat(400) + "@example.org", TestUsers.PASSWORD), "email", "too_long");
        assertRefused(register("Ann", "a".repeat(65) + "@example.org", TestUsers.PASSWORD), "email", "email");
        assertRefused(register("Ann", "ann@" + "a".repeat(64) + ".org", TestUsers.PASSWORD), "email", "email");
    }

    @ParameterizedTest
    @CsvSource({"'',not_blank", "'   ',not_blank", "'\u0301\u0302',not_blank", "'\u200b\u200d',not_blank"})
    void refusesNamesWithoutAnythingToSee(String name, String code) {
        assertRefused(register(name, newEmail(), TestUsers.PASSWORD), "name", code);
    }

    @Test
    void refusesNamesThatAreTooLongOrHarmful() {
        assertThat(register("🙂".repeat(200), newEmail(), TestUsers.PASSWORD).status())
                .isEqualTo(201);
        assertRefused(register("a".repeat(201), newEmail(), TestUsers.PASSWORD), "name", "too_long");
        assertRefused(register("a".repeat(500_000), newEmail(), TestUsers.PASSWORD), "name", "too_long");
        for (var harmful : List.of("A\u0000nn", "Ann\r\nBob: admin", "A\u202enn", "A\u2066nn", "A\u2028nn"))
            assertRefused(register(harmful, newEmail(), TestUsers.PASSWORD), "name", "invalid");
        assertRefused(
                api.post(
                        "/users",
                        "{\"name\": \"A\\ud800nn\", \"email\": \"a@example.org\", \"password\": \"long enough, I say\"}"),
                "name",
                "invalid");
    }

    @Test
    void boundsTheLengthOfPasswords() {
        assertRefused(register("Ann", newEmail(), "7 chars"), "password", "too_short");
        assertRefused(register("Ann", newEmail(), "x9".repeat(64) + "y"), "password", "too_long");
        assertRefused(register("Ann", newEmail(), "x9".repeat(400_000)), "password", "too_long");
        assertThat(register("Ann", newEmail(), "x9".repeat(64)).status()).isEqualTo(201);
        assertThat(register("Ann", newEmail(), "日本語のパスワード").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password123",
                "PASSWORD",
                "Passw0rd!",
                "kontor2026",
                "Kontor!!",
                "qwertyuiop",
                "1q2w3e4r",
                "iloveyou",
                "12345678",
                "87654321",
                "19870412",
                "!!letmein!!",
                "aaaaaaaa",
                "Michael1987"
            })
    void refusesPasswordsThatEverybodyWouldTry(String password) {
        assertRefused(register("Ann", newEmail(), password), "password", "too_common");
    }

    @Test
    void refusesOnesOwnNameAndAddressAsPassword() {
        assertRefused(
                register("Ann Lee", "Bartholomew@example.org", "bartholomew@example.ORG"), "password", "too_personal");
        assertRefused(register("Ann Lee", "bartholomew@example.org", "Bartholomew99"), "password", "too_personal");
        assertRefused(register("Bartholomew Lee", newEmail(), "bartholomew lee"), "password", "too_personal");
        assertRefused(register("Bartholomew Lee", newEmail(), "BartholomewLee1"), "password", "too_personal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"role", "roles", "id", "enabled", "createdAt", "created_at", "password_hash", "__proto__"})
    void refusesMembersThatAreNotTheCallersToSet(String member) {
        var email = newEmail();
        var answer = api.post(
                "/users", Map.of("name", "Ann", "email", email, "password", TestUsers.PASSWORD, member, "admin"));
        assertRefused(answer, member, "unknown_field");
        assertThat(accountsOf(email)).isZero();
    }

    @Test
    void refusesCardNumbers() {
        var email = newEmail();
        var named = register("Ann 4242 4242 4242 4242", email, TestUsers.PASSWORD);
        var addressed = register("Ann", "4242424242424242@example.org", TestUsers.PASSWORD);
        for (var answer : List.of(named, addressed)) {
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.at("/code")).isEqualTo("card_data_refused");
            assertThat(answer.text()).doesNotContain("4242");
        }
        assertThat(accountsOf(email)).isZero();
    }

    @Test
    void namesEveryFieldThatIsMissing() {
        var answer = api.post("/users", "{}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json()
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("field").asString()))
                .containsExactly("name", "email", "password");
    }

    @Test
    void refusesWhatIsNotAnObjectOfStrings() {
        assertThat(api.post("/users", "[]").status()).isEqualTo(400);
        assertThat(api.post("/users", "\"ann\"").status()).isEqualTo(400);
        assertThat(api.post("/users", "{\"name\":").status()).isEqualTo(400);
        assertThat(api.post("/users", "").status()).isEqualTo(400);
        assertThat(api.post("/users", "name=Ann", "Content-Type", "text/plain").status())
                .isEqualTo(415);
        assertRefused(api.post("/users", "{\"name\": 5}"), "name", "wrong_type");
        assertRefused(api.post("/users", "{\"name\": true}"), "name", "wrong_type");
        assertRefused(api.post("/users", "{\"name\": {\"first\": \"Ann\"}}"), "name", "wrong_type");
        assertRefused(api.post("/users", "{\"password\": [\"a\"]}"), "password", "wrong_type");
    }

    private Api.Answer register(String name, String email, String password) {
        return api.post("/users", Map.of("name", name, "email", email, "password", password));
    }

    private static void assertRefused(Api.Answer answer, String field, String code) {
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.at("/code")).isEqualTo("invalid_input");
        assertThat(answer.at("/errors/0/field")).isEqualTo(field);
        assertThat(answer.at("/errors/0/code")).isEqualTo(code);
        assertThat(answer.at("/request_id")).isNotEmpty();
    }

    private int accountsOf(String email) {
        return jdbc.sql("SELECT count(*) FROM accounts.users WHERE lower(email) = lower(?)")
                .param(email)
                .query(Integer.class)
                .single();
    }

    private static String newEmail() {
        return "ann." + UUID.randomUUID() + "@example.org";
    }
}
