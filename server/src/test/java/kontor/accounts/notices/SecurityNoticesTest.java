package kontor.accounts.notices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** That they are written where something changes is tested there. */
@KontorTest
class SecurityNoticesTest {
    @Autowired
    SecurityNotices notices;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transaction;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    @Test
    void goToWhoeverHasAnOpenAccount() {
        var ann = users.customer();
        var disabled = users.customer();
        var erased = users.customer();
        var admin = api.as(users.admin());
        assertThat(admin.post("/users/" + disabled.id() + "/disable", null).status())
                .isEqualTo(200);
        assertThat(admin.delete("/users/" + erased.id()).status()).isEqualTo(204);
        for (var user : List.of(ann, disabled, erased)) notices.identityLinked(user.id());
        assertThat(mailsTo(ann.email())).isEqualTo(1);
        for (var nobody : List.of(disabled.email(), erased.email(), "erased:" + erased.id()))
            assertThat(mailsTo(nobody)).isZero();
    }

    @Test
    void areNotWrittenOfWhatDidNotHappen() {
        TestUser ann = users.customer();
        transaction.executeWithoutResult(change -> {
            notices.apiKeyCreated(ann.id());
            change.setRollbackOnly();
        });
        assertThat(mailsTo(ann.email())).isZero();
    }

    @Test
    void ofAnAddressThatNobodyHasVerifiedAreFew() {
        var stranger = users.customer();
        owner.sql("UPDATE accounts.users SET email_verified_at = NULL WHERE id = ?")
                .param(stranger.id())
                .update();
        for (var i = 0; i < 20; i++) notices.apiKeyCreated(stranger.id());
        assertThat(mailsTo(stranger.email())).isEqualTo(4);
    }

    @Test
    void ofOneThatWasVerifiedAreAsManyAsThereAreChanges() {
        var ann = users.customer();
        owner.sql("UPDATE accounts.users SET email_verified_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        for (var i = 0; i < 20; i++) notices.factorAdded(ann.id(), "a passkey");
        assertThat(mailsTo(ann.email())).isEqualTo(20);
    }

    private int mailsTo(String address) {
        return jdbc.sql("SELECT count(*) FROM mail.outgoing WHERE recipient = ?")
                .param(address)
                .query(Integer.class)
                .single();
    }
}
