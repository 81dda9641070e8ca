package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Between the look at the password and the session somebody else changes the account: what counts is how it is then. */
@KontorTest
class LoggingInWhileTheAccountChangesTest {
    private static final String OTHER_PASSWORD =
            "password_hash = (SELECT password_hash FROM accounts.users WHERE email = '" + KontorTest.ADMIN_EMAIL + "')";
    private static final String DISABLED = "disabled_at = now()";
    private static final String ERASED =
            "name = 'Erased', email = 'erased:' || id, password_hash = NULL, erased_at = now()";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER_PASSWORD, DISABLED, ERASED})
    void whoWasRightAMomentAgoIsNotLetIn(String change) throws Exception {
        var login = logInWhileThisHappens(change);
        assertThat(login.status()).as(login.text()).isEqualTo(401);
        assertThat(login.at("/code")).isEqualTo("invalid_credentials");
        assertThat(count("sessions")).isEqualTo(1); // that of the test
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER_PASSWORD, DISABLED, ERASED})
    void norAskedForTheSecondFactor(String change) throws Exception {
        owner.sql("""
                        INSERT INTO accounts.totp (user_id, sealed_secret, confirmed_at, last_step, last_used_at)
                        VALUES (?, 's1.sealed', now(), 1, now())
                        """).param(ann.id()).update();
        var login = logInWhileThisHappens(change);
        assertThat(login.at("/code")).isEqualTo("invalid_credentials");
        assertThat(login.at("/ticket")).isEmpty();
        assertThat(count("one_time_tokens")).isZero();
    }

    @Test
    void whatElseChangesKeepsNobodyOut() throws Exception {
        assertThat(logInWhileThisHappens("name = 'Ann Who Married'").status()).isEqualTo(200);
    }

    private Api.Answer logInWhileThisHappens(String change) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var connection = TestDatabase.owner().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("UPDATE accounts.users SET " + change + " WHERE id = " + ann.id());
            var login = threads.submit(
                    () -> api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD)));
            await().until(this::somebodyWaits);
            connection.commit();
            return login.get();
        }
    }

    private boolean somebodyWaits() {
        return owner.sql("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                .query(Boolean.class)
                .single();
    }

    private int count(String table) {
        return owner.sql("SELECT count(*) FROM accounts." + table + " WHERE user_id = ?")
                .param(ann.id())
                .query(Integer.class)
                .single();
    }
}
