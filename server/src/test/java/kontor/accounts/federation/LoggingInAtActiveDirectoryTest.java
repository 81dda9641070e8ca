package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import kontor.KontorTest;
import kontor.TestDirectory;
import kontor.TestUsers;
import kontor.accounts.LoginResult;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.Wrong;
import kontor.accounts.Logins;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.AuditLog;
import kontor.database.TestDatabase;
import kontor.web.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** As at a server whose directory is an Active Directory: people log in as {@code name} or {@code name@domain}. */
@KontorTest
class LoggingInAtActiveDirectoryTest {
    private static final Client HERE = new Client("127.0.0.1", null, null);

    @Autowired
    Identities identities;

    @Autowired
    Logins logins;

    @Autowired
    Throttle throttle;

    @Autowired
    AuditLog log;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private DirectoryLogins directory;

    @BeforeEach
    void connect() {
        var settings = new HashMap<>(Map.of(
                "kontor.accounts.ldap.domain",
                TestDirectory.DOMAIN,
                "kontor.accounts.ldap.user-base",
                "dc=example,dc=org"));
        for (var setting : TestDirectory.settings())
            if (setting.startsWith("kontor.accounts.ldap.urls="))
                settings.put("kontor.accounts.ldap.urls", setting.split("=", 2)[1]);
        directory = new DirectoryLogins(
                new Binder(new MapConfigurationPropertySource(settings))
                        .bind("kontor.accounts.ldap", LdapSettings.class)
                        .get(),
                identities,
                logins,
                throttle,
                log);
    }

    @Test
    void bothWaysToWriteANameAreOnePerson() {
        var ann = TestDirectory.somebody();
        var first = userOf(logIn(ann.name(), TestDirectory.PASSWORD));
        assertThat(userOf(logIn(ann.name() + "@" + TestDirectory.DOMAIN, TestDirectory.PASSWORD)))
                .isEqualTo(first);
        assertThat(userOf(logIn(ann.name() + "@WORKS.example", TestDirectory.PASSWORD)))
                .isEqualTo(first);
        assertThat(owner.sql("SELECT count(*) FROM accounts.identities WHERE user_id = ?")
                        .param(first)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void bothAreTheDirectorysAndOtherAddressesAreNot() {
        assertThat(directory.answersFor("ann")).isTrue();
        assertThat(directory.answersFor("ann@" + TestDirectory.DOMAIN)).isTrue();
        assertThat(directory.answersFor(users.customer().email())).isFalse();
        assertThat(directory.answersFor("ann@not" + TestDirectory.DOMAIN)).isFalse();
    }

    @Test
    void bothHaveOneBudgetOfTries() {
        var ann = TestDirectory.somebody();
        var asked = TestDirectory.logins();
        for (var i = 0; i < 30; i++) {
            var typed = i % 2 == 0 ? ann.name() : ann.name() + "@" + TestDirectory.DOMAIN;
            try {
                assertThat(logIn(typed, "guess " + i)).isInstanceOf(Wrong.class);
            } catch (Refusal e) {
                assertThat(e.status().value()).isEqualTo(429);
            }
        }
        assertThat(TestDirectory.logins() - asked).isBetween(5, 8);
    }

    private LoginResult logIn(String typed, String password) {
        return directory.byPassword(typed, password, SessionKind.TOKEN, HERE);
    }

    private long userOf(LoginResult result) {
        assertThat(result).isInstanceOf(Welcome.class);
        return owner.sql("SELECT user_id FROM accounts.sessions WHERE id = ?")
                .param(((Welcome) result).loggedIn().session())
                .query(Long.class)
                .single();
    }
}
