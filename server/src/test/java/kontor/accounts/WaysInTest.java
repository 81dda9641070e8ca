package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.SessionKind;
import kontor.database.TestDatabase;
import kontor.mail.Mails;
import kontor.web.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class WaysInTest {
    private static final String SHUT_OTHERS =
            "UPDATE accounts.users SET disabled_at = now() WHERE disabled_at IS NULL AND id NOT IN (?, ?)";

    @Autowired
    TestUsers users;

    @Autowired
    WaysIn waysIn;

    @Autowired
    Administrators administrators;

    @Autowired
    Issuers issuers;

    @Autowired
    Mails mails;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transaction;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void aPasswordIsOneUnlessTheAddressHasToBeVerifiedFirst() {
        assertWays(true, true);
        set("must_verify_email = true");
        assertWays(true, false); // the mail with the link is on its way, or can be asked for once more
        set("email_verified_at = now()");
        assertWays(true, true);
    }

    @Test
    void withoutAPasswordMailToAVerifiedAddressIsOne() {
        set("password_hash = NULL");
        assertWays(false, false);
        set("email_verified_at = now()");
        assertWays(true, false);
    }

    @Test
    void anIdentityIsOneWhereLoginsAreTakenFromAndKeepsTheMailShut() {
        set("password_hash = NULL, email_verified_at = now()");
        link("https://gone.example");
        assertWays(true, false);
        link("ldap");
        assertWays(true, true);
        assertThat(waysIn.isOpenByMail(ann.id())).isFalse();
    }

    @Test
    void aPasskeyIsOne() {
        set("password_hash = NULL");
        addPasskey();
        assertWays(true, true);
    }

    @Test
    void anAdministratorWhoCannotLogInIsNotOneWhoIsLeft() {
        var admin = users.admin();
        var other = users.admin();
        transaction.executeWithoutResult(status -> {
            jdbc.sql(SHUT_OTHERS).params(admin.id(), other.id()).update();
            assertThat(administrators.isLast(admin.id())).isFalse();
            for (var cannot : new String[] {
                "must_verify_email = true",
                "must_verify_email = true, password_hash = NULL",
                "password_hash = NULL",
                "disabled_at = now()"
            }) {
                jdbc.sql("UPDATE accounts.users SET " + cannot + " WHERE id = ?")
                        .param(other.id())
                        .update();
                assertThat(administrators.isLast(admin.id())).as(cannot).isTrue();
                jdbc.sql(
                                "UPDATE accounts.users SET must_verify_email = false, disabled_at = NULL,"
                                        + " password_hash = (SELECT password_hash FROM accounts.users WHERE id = ?) WHERE id = ?")
                        .params(admin.id(), other.id())
                        .update();
                assertThat(administrators.isLast(admin.id())).isFalse();
            }
            status.setRollbackOnly();
        });
        assertThat(administrators.isLast(admin.id())).isFalse();
    }

    @Test
    void aPasswordAndMailAreNoneForAnAddressAtTheDirectorysDomain() {
        var directory = directoryAt("EXAMPLE.org");
        waysIn = new WaysIn(jdbc, issuers, directory, mails);
        set("email_verified_at = now()");
        assertWays(false, false);
        assertThat(waysIn.isOpenByMail(ann.id())).isFalse();
        set("must_verify_email = true, email_verified_at = NULL");
        assertWays(false, false);
        link("ldap");
        assertWays(true, true);
        waysIn = new WaysIn(jdbc, issuers, directoryAt("ample.org"), mails);
        assertThat(waysIn.isOpenByMail(ann.id())).as("another domain").isTrue();
    }

    @Test
    void anAdministratorAtTheDirectorysDomainIsLeftByTheDirectoryOnly() {
        var admin = users.admin();
        var other = users.admin();
        var atDomain = new Administrators(jdbc, issuers, directoryAt("directory.example"));
        transaction.executeWithoutResult(status -> {
            jdbc.sql(SHUT_OTHERS).params(admin.id(), other.id()).update();
            assertThat(atDomain.isLast(admin.id())).isFalse();
            jdbc.sql("UPDATE accounts.users SET email = 'other@Directory.example' WHERE id = ?")
                    .param(other.id())
                    .update();
            assertThat(atDomain.isLast(admin.id())).isTrue();
            assertThat(administrators.isLast(admin.id()))
                    .as("without the domain")
                    .isFalse();
            jdbc.sql("INSERT INTO accounts.identities (issuer, subject, user_id) VALUES ('https://gone.example', ?, ?)")
                    .params("last-admin-" + other.id(), other.id())
                    .update();
            assertThat(atDomain.isLast(admin.id()))
                    .as("no logins are taken from there")
                    .isTrue();
            jdbc.sql("INSERT INTO accounts.identities (issuer, subject, user_id) VALUES ('ldap', ?, ?)")
                    .params("last-admin-" + other.id(), other.id())
                    .update();
            assertThat(atDomain.isLast(admin.id())).isFalse();
            status.setRollbackOnly();
        });
    }

    @Test
    void whereNoAdministratorCanLogInCustomersCanStillBeDisabled() {
        var admin = users.admin();
        transaction.executeWithoutResult(status -> {
            jdbc.sql(SHUT_OTHERS).params(admin.id(), ann.id()).update();
            jdbc.sql("UPDATE accounts.users SET password_hash = NULL WHERE id = ?")
                    .param(admin.id())
                    .update();
            assertThatThrownBy(() -> administrators.requireOneBehind(admin.id()))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("last_admin"));
            assertThat(jdbc.sql("UPDATE accounts.users SET disabled_at = now() WHERE id = ?")
                            .param(ann.id())
                            .update())
                    .isEqualTo(1);
            status.setRollbackOnly();
        });
    }

    private static DirectoryAddresses directoryAt(String domain) {
        var directory = new Directory() {
            @Override
            public boolean answersFor(String name) {
                throw new UnsupportedOperationException(name);
            }

            @Override
            public Optional<String> domain() {
                return Optional.of(domain);
            }

            @Override
            public LoginResult byPassword(String name, String password, SessionKind kind, Client client) {
                throw new UnsupportedOperationException(name);
            }
        };
        return new DirectoryAddresses(
                new StaticListableBeanFactory(Map.of("directory", directory)).getBeanProvider(Directory.class));
    }

    private void assertWays(boolean withMail, boolean withoutMail) {
        assertThat(waysIn.isThereOne(ann.id(), true)).as("with mail").isEqualTo(withMail);
        assertThat(waysIn.isThereOne(ann.id(), false)).as("without mail").isEqualTo(withoutMail);
    }

    private void set(String what) {
        owner.sql("UPDATE accounts.users SET " + what + " WHERE id = ?")
                .param(ann.id())
                .update();
    }

    private void link(String issuer) {
        owner.sql("INSERT INTO accounts.identities (issuer, subject, user_id) VALUES (?, ?, ?)")
                .params(issuer, "ways-in-" + ann.id(), ann.id())
                .update();
    }

    private void addPasskey() {
        owner.sql("INSERT INTO accounts.passkey_owners (user_id, handle) VALUES (?, sha256(convert_to(?, 'UTF8')))")
                .params(ann.id(), ann.email())
                .update();
        owner.sql("""
                        INSERT INTO accounts.passkeys (user_id, credential_id, credential, name, sign_count, synced)
                        VALUES (?, convert_to(?, 'UTF8'), 'key', 'Phone', 0, false)
                        """).params(ann.id(), ann.email()).update();
    }
}
