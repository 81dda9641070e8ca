package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
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
    UserChangeStore changes;

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
        assertWays(false, false);
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
            assertThat(changes.isLastAdmin(admin.id())).isFalse();
            for (var cannot : new String[] {
                "must_verify_email = true",
                "must_verify_email = true, password_hash = NULL",
                "password_hash = NULL",
                "disabled_at = now()"
            }) {
                jdbc.sql("UPDATE accounts.users SET " + cannot + " WHERE id = ?")
                        .param(other.id())
                        .update();
                assertThat(changes.isLastAdmin(admin.id())).as(cannot).isTrue();
                jdbc.sql(
                                "UPDATE accounts.users SET must_verify_email = false, disabled_at = NULL,"
                                        + " password_hash = (SELECT password_hash FROM accounts.users WHERE id = ?) WHERE id = ?")
                        .params(admin.id(), other.id())
                        .update();
                assertThat(changes.isLastAdmin(admin.id())).isFalse();
            }
            status.setRollbackOnly();
        });
        assertThat(changes.isLastAdmin(admin.id())).isFalse();
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
