package kontor.accounts.apikeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
@ExtendWith(OutputCaptureExtension.class)
class MakingApiKeysTest {
    private static final int SHOWN = "kontor_".length() + 4;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Keys keys;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser clerk;

    @BeforeEach
    void hireClerk() {
        clerk = users.with("orders:read", "users:read");
    }

    @Test
    void showsTheKeyOnceAndKeepsItsHash() throws Exception {
        var answer = api.as(clerk).post("/api-keys", wanted("orders:read"));
        var key = Keys.made(answer);
        assertThat(key.text()).matches("kontor_[A-Za-z0-9_-]{43}");
        assertThat(answer.header("Location")).isEqualTo("/api-keys/" + key.id());
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.at("/api_key/beginning")).isEqualTo(key.text().substring(0, SHOWN));
        assertThat(answer.at("/api_key/user_id")).isEqualTo(Long.toString(clerk.id()));
        assertThat(answer.json().at("/api_key/scopes").toString()).isEqualTo("[\"orders:read\"]");

        assertThat(api.as(clerk).get("/api-keys/" + key.id()).json())
                .isEqualTo(answer.json().get("api_key"));
        assertThat(api.as(clerk).get("/api-keys").json().at("/items/0"))
                .isEqualTo(answer.json().get("api_key"));
        assertThat(owner.sql("SELECT hash FROM accounts.api_keys WHERE id = ?")
                        .param(key.id())
                        .query(byte[].class)
                        .single())
                .isEqualTo(
                        MessageDigest.getInstance("SHA-256").digest(key.text().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void tellsTheOwnerByMailWhichKeyItWasAndNothingOfIt() {
        var key = keys.of(clerk, "orders:read");
        assertThat(api.as(clerk).post("/api-keys", wanted("finance:read")).status())
                .as("beyond the clerk's rights")
                .isEqualTo(403);
        assertThat(TestMail.textsTo(clerk.email(), 1))
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .doesNotContain(
                                "http", "A program", key.text(), key.text().substring(SHOWN), "orders:read"));
    }

    @Test
    void leavesNothingOfTheKeyInLogsOrDatabase(CapturedOutput log) {
        var key = keys.of(clerk, "orders:read", "users:read");
        var program = api.as(key.text());
        assertThat(program.get("/users/me").status()).isEqualTo(200);
        assertThat(program.get("/users/me?limit=" + key.id()).status()).isEqualTo(200);
        assertThat(program.post("/orders", "{").status()).isGreaterThanOrEqualTo(400);
        assertThat(api.as(key.text() + "A").get("/users/me").status()).isEqualTo(401);
        api.as(clerk).delete("/api-keys/" + key.id());
        assertThat(program.get("/users/me").status()).isEqualTo(401);

        var secret = key.text().substring(SHOWN);
        assertThat(log).doesNotContain(secret);
        assertThat(tablesWith(secret)).isEmpty();
        assertThat(tablesWith(key.text().substring(0, SHOWN)))
                .contains("accounts.api_keys"); // one that is there is found
    }

    @Test
    void lastsNinetyDaysUnlessToldOtherwise() {
        var answer = api.as(clerk).post("/api-keys", wanted("orders:read"));
        assertThat(lifetime(answer)).isEqualTo(Duration.ofDays(90));
        var longer = api.as(clerk).post("/api-keys", lasting(Duration.ofDays(365)));
        assertThat(longer.status()).isEqualTo(201);
        assertThat(lifetime(longer)).isGreaterThan(Duration.ofDays(364));
    }

    @Test
    void refusesATimeThatHasPassedOrIsMoreThanAYearAway() {
        for (var lifetime : List.of(
                Duration.ofMinutes(-1), Duration.ofDays(367), Duration.ofDays(36_500), Duration.ofDays(100_000_000))) {
            var answer = api.as(clerk).post("/api-keys", lasting(lifetime));
            assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            assertThat(answer.at("/errors/0/field")).isEqualTo("expires_at");
            assertThat(answer.at("/errors/0/code")).isEqualTo("out_of_range");
        }
        assertThat(count(clerk)).isZero();
    }

    @Test
    void refusesScopesBeyondWhatItsMakerMayDo() {
        for (var scopes : List.of(List.of("finance:read"), List.of("orders:read", "orders:refund"))) {
            var answer = api.as(clerk).post("/api-keys", Map.of("name", "More", "scopes", scopes));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.at("/code")).isEqualTo("beyond_own_rights");
            assertThat(answer.json().at("/permissions")).hasSize(1);
            assertThat(answer.at("/permissions/0")).isEqualTo(scopes.getLast());
        }
        assertThat(count(clerk)).isZero();
        var customer = users.customer();
        assertThat(api.as(customer).post("/api-keys", wanted("orders:read")).status())
                .isEqualTo(403);
        assertThat(count(customer)).isZero();
    }

    @Test
    void letsAnybodyGiveWhatAnybodyMayDo() {
        keys.of(users.customer(), "orders:place");
    }

    @Test
    void letsThoseWhoMayDoEverythingGiveAnythingThatThereIs() {
        keys.of(users.admin(), "finance:write", "payments:record", "signing-keys:read", "api-keys:write");
    }

    @Test
    void refusesScopesThatThereAreNot() {
        for (var scope :
                List.of("orders:everything", "*", "orders:read ", "ORDERS:READ", "", "openid", "orders:read,x:y")) {
            var answer = api.as(users.admin())
                    .post("/api-keys", Map.of("name", "More", "scopes", List.of("orders:read", scope)));
            assertThat(answer.status()).as(scope).isEqualTo(422);
            assertThat(answer.at("/errors/0/field")).isEqualTo("scopes[1]");
        }
    }

    @Test
    void refusesWhatBreaksARule() {
        var scopes = List.of("orders:read");
        var bad = List.<Map<String, ?>>of(
                Map.of("name", " ", "scopes", scopes),
                Map.of("name", "x".repeat(101), "scopes", scopes),
                Map.of("name", "line\nbreak", "scopes", scopes),
                Map.of("name", "No scopes", "scopes", List.of()),
                Map.of("name", "No scopes at all"),
                Map.of("name", "Slow", "scopes", scopes, "requests_per_second", 0),
                Map.of("name", "Faster than everybody", "scopes", scopes, "requests_per_second", 1001),
                Map.of("name", "Mine", "scopes", scopes, "user_id", 1),
                Map.of("name", "Chosen", "scopes", scopes, "key", "kontor_" + "A".repeat(43)));
        for (var wanted : bad)
            assertThat(api.as(clerk).post("/api-keys", wanted).status())
                    .as("%s", wanted)
                    .isEqualTo(422);
        assertThat(count(clerk)).isZero();
    }

    @Test
    void repeatsNoKeyToWhoSendsAnIdempotencyKey() {
        var idempotencyKey = UUID.randomUUID().toString();
        var first =
                Keys.made(api.as(clerk).post("/api-keys", wanted("orders:read"), "Idempotency-Key", idempotencyKey));
        var again =
                Keys.made(api.as(clerk).post("/api-keys", wanted("orders:read"), "Idempotency-Key", idempotencyKey));
        assertThat(again.text()).isNotEqualTo(first.text());
        assertThat(owner.sql("SELECT count(*) FROM idempotency.keys WHERE key = ?")
                        .param(idempotencyKey)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void stopsAtFiftyThatAreGoodHoweverManyAreMadeAtOnce() throws Exception {
        owner.sql("""
                        INSERT INTO accounts.api_keys (user_id, name, hash, beginning, scopes, created_at, expires_at, revoked_at)
                        SELECT ?, 'planted', sha256(gen_random_uuid()::text::bytea), 'kontor_abcd', '{orders:read}',
                               now() - interval '2 days', now() + CASE WHEN n <= 2 THEN interval '-1 day' ELSE '1 day' END,
                               CASE WHEN n = 3 THEN now() END
                        FROM generate_series(1, 52) n
                        """).param(clerk.id()).update();
        var tries = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 8; i++) tries.add(() -> api.as(clerk).post("/api-keys", wanted("orders:read")));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = new ArrayList<Integer>();
            for (var answer : threads.invokeAll(tries))
                statuses.add(answer.get().status());
            assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 409);
        }
        var refused = api.as(clerk).post("/api-keys", wanted("orders:read"));
        assertThat(refused.at("/code")).isEqualTo("too_many_api_keys");
        var another = users.with("orders:read");
        keys.of(another, "orders:read");
        api.as(clerk).delete("/api-keys/" + api.as(clerk).get("/api-keys").at("/items/0/id"));
        keys.of(clerk, "orders:read");
    }

    @Test
    void takesALogin() {
        assertThat(api.post("/api-keys", wanted("orders:place")).status()).isEqualTo(401);
        var program =
                api.as(keys.of(users.admin(), "api-keys:write", "api-keys:read").text());
        var refused = program.post("/api-keys", wanted("orders:place"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("insufficient_scope");
    }

    @Test
    void isRecordedWithoutTheKey() {
        var key = keys.of(clerk, "orders:read");
        var record = owner.sql("SELECT acts::text FROM auditlog.acts WHERE subject = ? AND action = 'api_keys.create'")
                .param(key.principal())
                .query(String.class)
                .single();
        assertThat(record)
                .contains("user:" + clerk.id())
                .contains("orders:read")
                .doesNotContain("A program", key.text().substring(SHOWN));
        assertThat(owner.sql("SELECT actor FROM auditlog.acts WHERE subject = ?")
                        .param(key.principal())
                        .query(String.class)
                        .list())
                .containsExactly("user:" + clerk.id());
    }

    private static Map<String, ?> wanted(String scope) {
        return Map.of("name", "A program", "scopes", List.of(scope));
    }

    private static Map<String, ?> lasting(Duration lifetime) {
        return Map.of(
                "name",
                "A program",
                "scopes",
                List.of("orders:read"),
                "expires_at",
                Instant.now().plus(lifetime).toString());
    }

    private static Duration lifetime(Api.Answer answer) {
        return Duration.between(
                Instant.parse(answer.at("/api_key/created_at")), Instant.parse(answer.at("/api_key/expires_at")));
    }

    private long count(TestUser user) {
        return owner.sql("SELECT count(*) FROM accounts.api_keys WHERE user_id = ?")
                .param(user.id())
                .query(Long.class)
                .single();
    }

    /** The tables of the whole database, as its owner sees them, in which this stands. */
    private List<String> tablesWith(String text) {
        var bytes = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        var tables = owner.sql("""
                        SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
                        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
                        """).query(String.class).list();
        assertThat(tables).hasSizeGreaterThan(30);
        return tables.stream()
                .filter(table -> owner.sql("SELECT EXISTS (SELECT FROM " + table
                                + " AS t WHERE strpos(t::text, ?) > 0 OR strpos(t::text, ?) > 0)")
                        .params(text, bytes)
                        .query(Boolean.class)
                        .single())
                .toList();
    }
}
