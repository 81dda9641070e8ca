package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestDirectory;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** People who log in with the name and password that their company's directory knows. */
@KontorTest
class LoggingInAtTheDirectoryTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    @Test
    void aFirstLoginMakesAUserAndTheNextOnesAreTheirs() {
        var ann = TestDirectory.somebody();
        var login = logIn(ann.name(), TestDirectory.PASSWORD);
        assertThat(login.status()).isEqualTo(200);
        var me = api.as(login.at("/access_token")).get("/users/me");
        assertThat(me.at("/email")).isEqualTo(ann.mail());
        assertThat(me.at("/name")).isEqualTo("Worker " + ann.name());
        var again = logIn(ann.name().toUpperCase(java.util.Locale.ROOT), TestDirectory.PASSWORD);
        assertThat(api.as(again.at("/access_token")).get("/users/me").at("/id")).isEqualTo(me.at("/id"));
        assertThat(owner.sql("SELECT issuer FROM accounts.identities WHERE user_id = ?")
                        .param(Long.valueOf(me.at("/id")))
                        .query(String.class)
                        .single())
                .isEqualTo("ldap");
    }

    @Test
    void aWrongPasswordAndAnUnknownNameAreToldAlikeAndAskedAlike() {
        var ann = TestDirectory.somebody();
        var before = Standing.now();
        var atFirst = TestDirectory.questions();
        var wrong = logIn(ann.name(), "not the password");
        var forWrong = TestDirectory.questions() - atFirst;
        var unknown = logIn("nobody-" + UUID.randomUUID(), TestDirectory.PASSWORD);
        var forUnknown = TestDirectory.questions() - atFirst - forWrong;
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.at("/code")).isEqualTo("invalid_credentials");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.at("/detail")).isEqualTo(wrong.at("/detail"));
        assertThat(forWrong).isEqualTo(forUnknown).isPositive();
        assertThat(Standing.now()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "   \u2003 "})
    void anEmptyPasswordNeverReachesTheDirectory(String password) {
        var ann = TestDirectory.somebody();
        var before = Standing.now();
        var asked = TestDirectory.questions();
        assertThat(logIn(ann.name(), password).status()).isEqualTo(401);
        assertThat(api.post("/login", Map.of("email", ann.name())).status()).isEqualTo(401);
        assertThat(TestDirectory.questions()).isEqualTo(asked);
        assertThat(Standing.now()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*)(uid=*",
                "a*",
                "worker1)(|(uid=*",
                "\u0000",
                "worker1\u0000",
                "\\2a",
                "(",
                "&",
                "uid=worker1",
                "a,ou=people",
                "a+b",
                "a;b",
                "a<b",
                "a\"b",
                "#a",
                " a",
                "a ",
                "' OR '1'='1",
                "a/../b",
                "a\nb"
            })
    void namesThatMeanSomethingToADirectoryAreNobodysAndAskedNowhere(String name) {
        var before = Standing.now();
        var asked = TestDirectory.questions();
        assertThat(logIn(name, TestDirectory.PASSWORD).status()).isEqualTo(401);
        assertThat(TestDirectory.questions()).isEqualTo(asked);
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void namesOfTenThousandCharactersAreNobodys() {
        assertThat(logIn("a".repeat(10_000), TestDirectory.PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void addressesAreNeverAskedOfTheDirectory() {
        var ann = TestDirectory.somebody();
        var asked = TestDirectory.questions();
        assertThat(logIn(ann.mail(), TestDirectory.PASSWORD).status()).isEqualTo(401);
        assertThat(logIn("@", TestDirectory.PASSWORD).status()).isEqualTo(401);
        assertThat(TestDirectory.questions()).isEqualTo(asked);
    }

    @Test
    void theAddressOfAnAccountOpensItForNobody() {
        var ann = users.customer();
        var colleague = TestDirectory.with("colleague-" + ann.id(), ann.email());
        var before = Standing.now();
        var answer = logIn(colleague.name(), TestDirectory.PASSWORD);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("account_exists");
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void rolesComeAndGoWithGroupsAndThoseGivenHereStay() {
        owner.sql(
                        "INSERT INTO accounts.roles (name, permissions) VALUES ('clerk', '{}'), ('packer', '{}') ON CONFLICT DO NOTHING")
                .update();
        var ann = TestDirectory.somebody("Back Office", "admin", "Everybody");
        logIn(ann.name(), TestDirectory.PASSWORD);
        assertThat(roles(ann)).containsExactly("clerk", "customer");
        give(ann, "packer");
        TestDirectory.leave(ann.dn(), "Back Office");
        logIn(ann.name(), TestDirectory.PASSWORD);
        assertThat(roles(ann)).containsExactly("customer", "packer");
        give(ann, "clerk");
        TestDirectory.join(ann.dn(), "Clerks");
        logIn(ann.name(), TestDirectory.PASSWORD);
        TestDirectory.leave(ann.dn(), "Clerks");
        logIn(ann.name(), TestDirectory.PASSWORD);
        assertThat(roles(ann)).containsExactly("clerk", "customer", "packer");
    }

    @Test
    void administratorsAreMadeOnlyByTheGroupsThatTheSettingsName() {
        var director = TestDirectory.somebody("Directors");
        logIn(director.name(), TestDirectory.PASSWORD);
        assertThat(roles(director)).containsExactly("admin", "customer");
        TestDirectory.leave(director.dn(), "Directors");
        logIn(director.name(), TestDirectory.PASSWORD);
        assertThat(roles(director)).containsExactly("customer");
    }

    @Test
    void whoIsDisabledHereStaysOut() {
        var ann = TestDirectory.somebody();
        logIn(ann.name(), TestDirectory.PASSWORD);
        owner.sql("UPDATE accounts.users SET disabled_at = now() WHERE email = ?")
                .param(ann.mail())
                .update();
        var before = Standing.now();
        assertThat(logIn(ann.name(), TestDirectory.PASSWORD).status()).isEqualTo(401);
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void whileTheDirectoryIsDownOthersLogInAndItsOwnAreToldWhy() {
        var ann = TestDirectory.somebody();
        var customer = users.customer();
        var before = Standing.now();
        TestDirectory.whileItIsDown(() -> {
            for (var i = 0; i < 12; i++) {
                var answer = logIn(ann.name(), TestDirectory.PASSWORD);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.at("/code")).isEqualTo("directory_unavailable");
            }
            assertThat(Standing.now()).isEqualTo(before);
            assertThat(logIn(customer.email(), TestUsers.PASSWORD).status()).isEqualTo(200);
        });
        assertThat(logIn(ann.name(), TestDirectory.PASSWORD).status()).isEqualTo(200); // nothing has counted
    }

    @Test
    void referralsToOtherDirectoriesAreNotFollowed() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            other.setSoTimeout(1);
            TestDirectory.elsewhere("roaming", "ldap://127.0.0.1:" + other.getLocalPort() + "/dc=example,dc=org");
            assertThat(logIn("roaming", TestDirectory.PASSWORD).status()).isEqualTo(401);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(other::accept))
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void guessingIsSlowedDownAndTheOwnersBrowserIsNotLockedOut() {
        var ann = TestDirectory.somebody();
        var home = api.post(
                "/login", Map.of("email", ann.name(), "password", TestDirectory.PASSWORD, "session", "cookie"));
        var device = Browser.setCookies(home).stream()
                .filter(cookie -> cookie.startsWith("__Host-device="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
        var logins = TestDirectory.logins();
        for (var i = 0; i < 30; i++) logIn(ann.name(), "guess " + i);
        assertThat(TestDirectory.logins() - logins).isBetween(5, 8);
        assertThat(logIn(ann.name(), TestDirectory.PASSWORD).status()).isEqualTo(429);
        assertThat(api.post("/login", Map.of("email", ann.name(), "password", TestDirectory.PASSWORD), "Cookie", device)
                        .status())
                .isEqualTo(200);
    }

    private Api.Answer logIn(String name, String password) {
        return api.post("/login", Map.of("email", name, "password", password));
    }

    private void give(TestDirectory.Entry somebody, String role) {
        owner.sql("INSERT INTO accounts.user_roles (user_id, role) SELECT id, ? FROM accounts.users WHERE email = ?")
                .params(role, somebody.mail())
                .update();
    }

    private List<String> roles(TestDirectory.Entry somebody) {
        return owner.sql(
                        "SELECT role FROM accounts.user_roles JOIN accounts.users u ON u.id = user_id WHERE email = ? ORDER BY role")
                .param(somebody.mail())
                .query(String.class)
                .list();
    }
}
