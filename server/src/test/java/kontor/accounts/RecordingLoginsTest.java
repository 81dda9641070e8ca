package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the audit log keeps of logins: who, from where, by which session; and nothing that opens one. */
@KontorTest
class RecordingLoginsTest {
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

    @Test
    void namesTheSessionThatALoginOpensAndThatALogoutEnds() {
        var login = logIn(TestUsers.PASSWORD);
        var session = api.as(login.at("/access_token")).get("/sessions/current").at("/session/id");
        assertThat(api.as(login.at("/access_token")).post("/logout", null).status())
                .isEqualTo(204);
        assertThat(acts("login.done")).hasSize(1).first().asString().contains(session, "pwd", "user:" + ann.id());
        assertThat(acts("sessions.end")).hasSize(1).first().asString().contains(session, "logout");
        assertThat(String.join("", acts("%"))).doesNotContain(TestUsers.PASSWORD, login.at("/refresh_token"));
    }

    @Test
    void countsTheSessionsThatEndTogether() {
        logIn(TestUsers.PASSWORD);
        var here = logIn(TestUsers.PASSWORD);
        api.as(here.at("/access_token")).post("/logout/everywhere", null);
        assertThat(acts("sessions.end_all")).hasSize(1).first().asString().contains("3"); // that of the test user, too
    }

    @Test
    void namesTheSessionWhoseRefreshTokenWasStolen() {
        var login = logIn(TestUsers.PASSWORD);
        var session = api.as(login.at("/access_token")).get("/sessions/current").at("/session/id");
        var body = Map.of("refresh_token", login.at("/refresh_token"));
        assertThat(api.post("/login/refresh", body).status()).isEqualTo(200);
        assertThat(api.post("/login/refresh", body).status()).isEqualTo(401);
        assertThat(acts("sessions.theft")).hasSize(1).first().asString().contains(session);
    }

    @Test
    void keepsGuessesThatAreNotLookedAtAnyMoreAsWell() {
        for (var i = 0; i < 5; i++) assertThat(logIn("a guess").status()).isEqualTo(401);
        assertThat(acts("login.failed")).hasSize(5);
        var id = "guess-" + ann.id();
        var refused = api.post("/login", Map.of("email", ann.email(), "password", "a guess"), "X-Request-Id", id);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(owner.sql("SELECT count(*) FROM auditlog.acts WHERE request_id = ? AND outcome = 'refused'")
                        .param(id)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    private Api.Answer logIn(String password) {
        return api.post("/login", Map.of("email", ann.email(), "password", password));
    }

    private List<String> acts(String action) {
        return owner.sql("SELECT acts::text FROM auditlog.acts WHERE subject = ? AND action LIKE ?")
                .params("user:" + ann.id(), action)
                .query(String.class)
                .list();
    }
}
