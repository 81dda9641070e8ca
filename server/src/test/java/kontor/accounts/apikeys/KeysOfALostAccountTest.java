package kontor.accounts.apikeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.apikeys.Keys.MadeKey;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Somebody else may have made keys in an account whose owner has to get back in. */
@KontorTest
class KeysOfALostAccountTest {
    private static final String NEW = "a new and long passphrase";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Keys keys;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser clerk;
    private MadeKey one;
    private MadeKey two;
    private MadeKey others;

    @BeforeEach
    void makeKeys() {
        clerk = users.with("users:read");
        one = keys.of(clerk, "users:read");
        two = keys.of(clerk, "users:read");
        others = keys.of(users.with("users:read"), "users:read");
        for (var key : new MadeKey[] {one, two, others}) assertThat(look(key)).isEqualTo(200);
    }

    @Test
    void areRevokedWhenTheForgottenPasswordIsReplaced() {
        api.post("/password-resets", Map.of("email", clerk.email()));
        var token = TestMail.tokenTo(clerk.email());
        assertThat(look(one)).as("the link alone does nothing").isEqualTo(200);
        assertThat(api.post("/password-resets/confirm", Map.of("token", token, "password", NEW))
                        .status())
                .isEqualTo(204);
        assertAllAreRevoked();
    }

    @Test
    void areRevokedWhenStaffTakeAwayTheFactors() {
        assertThat(api.as(users.admin())
                        .delete("/users/" + clerk.id() + "/factors")
                        .status())
                .isEqualTo(204);
        assertAllAreRevoked();
    }

    @Test
    void goOnWhenTheOwnerChangesThePassword() {
        var change = Map.of("current_password", TestUsers.PASSWORD, "password", NEW);
        assertThat(api.as(clerk).post("/users/me/password", change).status()).isEqualTo(204);
        assertThat(look(one)).isEqualTo(200);
        assertThat(api.as(clerk).post("/logout/everywhere", null).status()).isEqualTo(204);
        assertThat(look(two)).isEqualTo(200);
    }

    private void assertAllAreRevoked() {
        assertThat(look(one)).isEqualTo(401);
        assertThat(look(two)).isEqualTo(401);
        assertThat(look(others)).isEqualTo(200);
        assertThat(owner.sql("SELECT count(*) FROM accounts.api_keys WHERE user_id = ? AND revoked_at IS NULL")
                        .param(clerk.id())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private int look(MadeKey key) {
        return api.as(key.text()).get("/users?limit=1").status();
    }
}
