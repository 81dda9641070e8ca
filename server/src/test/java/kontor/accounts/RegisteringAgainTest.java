package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A registration that is sent again under its key, because the first answer was lost, or by somebody else. */
@KontorTest
class RegisteringAgainTest {
    private static final String OTHER_PASSWORD = "another fine passphrase";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient jdbc;

    private final String key = UUID.randomUUID().toString();
    private final String email = "again." + key + "@example.org";

    @Test
    void getsTheSameAnswerAndNoSecondAccount() {
        var first = register(api, "Ann", email, TestUsers.PASSWORD, key);
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        var again = register(api, "Ann", email, TestUsers.PASSWORD, key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(accounts()).isEqualTo(1);
    }

    @Test
    void manyAtOnceOpenOneAccountAndAreAnsweredEqually() throws Exception {
        var call = (Callable<Api.Answer>) () -> register(api, "Ann", email, TestUsers.PASSWORD, key);
        var texts = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(Collections.nCopies(8, call))) {
                assertThat(answer.resultNow().status()).isEqualTo(201);
                texts.add(answer.resultNow().text());
            }
        }
        assertThat(texts).hasSize(1);
        assertThat(accounts()).isEqualTo(1);
    }

    @Test
    void withoutAKeyTheAddressIsTaken() {
        register(api, "Ann", email, TestUsers.PASSWORD, key);
        var answer = api.post("/users", Map.of("name", "Ann", "email", email, "password", TestUsers.PASSWORD));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("email_taken");
    }

    @Test
    void underAnotherNameIsRefusedAndChangesNothing() {
        register(api, "Ann", email, TestUsers.PASSWORD, key);
        assertReused(register(api, "Eve", email, TestUsers.PASSWORD, key));
        assertThat(jdbc.sql("SELECT name FROM accounts.users WHERE email = ?")
                        .param(email)
                        .query(String.class)
                        .list())
                .containsExactly("Ann");
    }

    @Test
    void withAnotherPasswordIsToldNothingAndChangesNothing() {
        var first = register(api, "Ann", email, TestUsers.PASSWORD, key);
        var stranger = register(api, "Ann", email, OTHER_PASSWORD, key);
        assertReused(stranger);
        assertThat(stranger.text()).doesNotContain(first.at("/created_at"));
        assertThat(stranger.header("Location")).isEmpty();
        assertThat(login(OTHER_PASSWORD)).isEqualTo(401);
        assertThat(login(TestUsers.PASSWORD)).isEqualTo(200);
        assertThat(accounts()).isEqualTo(1);
    }

    @Test
    void theKeyOfOneGuestIsNotThatOfAnother() {
        var ann = register(api, "Ann", email, TestUsers.PASSWORD, key);
        var bob = register(api, "Ann", "other." + email, TestUsers.PASSWORD, key);
        assertThat(bob.status()).isEqualTo(201);
        assertThat(bob.at("/id")).isNotEqualTo(ann.at("/id"));
        assertThat(bob.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void whoIsSignedInHasKeysOfTheirOwn() {
        register(api, "Ann", email, TestUsers.PASSWORD, key);
        var staff = register(api.as(users.customer()), "Ann", email, TestUsers.PASSWORD, key);
        assertThat(staff.status()).isEqualTo(409);
        assertThat(accounts()).isEqualTo(1);
    }

    @Test
    void aRefusalLeavesTheKeyFree() {
        assertThat(register(api, "", email, TestUsers.PASSWORD, key).status()).isEqualTo(422);
        assertThat(accounts()).isZero();
        assertThat(register(api, "Ann", email, TestUsers.PASSWORD, key).status())
                .isEqualTo(201);
    }

    @Test
    void aKeyThatIsNoneIsRefusedAndOpensNothing() {
        for (var bad : new String[] {"two words", "x".repeat(256)}) {
            var answer = register(api, "Ann", email, TestUsers.PASSWORD, bad);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.at("/code")).isEqualTo("idempotency_key_invalid");
        }
        assertThat(accounts()).isZero();
    }

    @Test
    void keepsNothingThatThePasswordCouldBeGuessedFrom() throws Exception {
        register(api, "Ann", email, TestUsers.PASSWORD, key);
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update("POST /users\0".getBytes(StandardCharsets.UTF_8));
        var ofAllButThePassword = digest.digest(
                "{\"name\":\"Ann\",\"email\":\"%s\"}".formatted(email).getBytes(StandardCharsets.UTF_8));
        var row = jdbc.sql("""
                        SELECT principal, fingerprint, convert_from(answer, 'UTF8') AS answer
                        FROM idempotency.keys WHERE key = ?
                        """).param(key).query().singleRow();
        assertThat((byte[]) row.get("fingerprint")).isEqualTo(ofAllButThePassword);
        assertThat(String.valueOf(row.get("answer"))).doesNotContain("assw", "argon2", TestUsers.PASSWORD);
        assertThat(row.get("principal")).isEqualTo("guest:" + email.toLowerCase(Locale.ROOT));
    }

    private static Api.Answer register(Api who, String name, String email, String password, String key) {
        return who.post("/users", Map.of("name", name, "email", email, "password", password), "Idempotency-Key", key);
    }

    private static void assertReused(Api.Answer answer) {
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/code")).isEqualTo("idempotency_key_reused");
    }

    private int login(String password) {
        return api.post("/login", Map.of("email", email, "password", password)).status();
    }

    private long accounts() {
        return jdbc.sql("SELECT count(*) FROM accounts.users WHERE email = ?")
                .param(email)
                .query(Long.class)
                .single();
    }
}
