package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestDirectory;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whom a group elsewhere makes an administrator, and who is the last: they log in, and stay one as long as they are. */
@KontorTest
class TheLastAdministratorElsewhereTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private List<Map<String, Object>> others = List.of();

    @AfterEach
    void restoreAdmins() {
        for (var other : others) owner.sql("""
                            INSERT INTO accounts.user_roles (user_id, role, source) VALUES (:user_id, 'admin', :source)
                            ON CONFLICT DO NOTHING
                            """).params(other).update();
    }

    @Test
    void whoLeavesTheGroupInTheDirectoryStaysOneUntilThereIsAnother() {
        var director = TestDirectory.somebody("Directors");
        assertThat(logIn(director).status()).isEqualTo(200);
        dismissAllBut(director.mail());
        TestDirectory.leave(director.dn(), "Directors");
        var login = logIn(director);
        assertThat(login.status()).isEqualTo(200);
        assertThat(roles(director.mail())).containsExactly("admin", "customer");
        assertThat(api.as(login.at("/access_token")).get("/users?limit=1").status())
                .isEqualTo(200);

        users.admin();
        assertThat(logIn(director).status()).isEqualTo(200);
        assertThat(roles(director.mail())).containsExactly("customer");
    }

    @Test
    void whomTheProviderNamesNoMoreStaysOneUntilThereIsAnother() {
        var subject = UUID.randomUUID().toString();
        var email = "director." + subject.substring(0, 8) + "@example.org";
        logInAtAcme(subject, email, "directors");
        assertThat(roles(email)).containsExactly("admin", "customer");
        dismissAllBut(email);
        var browser = logInAtAcme(subject, email);
        assertThat(roles(email)).containsExactly("admin", "customer");
        assertThat(browser.get("/users?limit=1").status()).isEqualTo(200);

        users.admin();
        logInAtAcme(subject, email);
        assertThat(roles(email)).containsExactly("customer");
    }

    private Api.Answer logIn(TestDirectory.Entry somebody) {
        return api.post("/login", Map.of("email", somebody.name(), "password", TestDirectory.PASSWORD));
    }

    private Browser logInAtAcme(String subject, String email, String... groups) {
        var browser = new Browser(api);
        var arrived = browser.logIn(
                "acme",
                subject,
                about -> about.claim("email", email)
                        .claim("email_verified", true)
                        .claim("realm", Map.of("groups", List.of(groups))));
        assertThat(arrived.status()).as(arrived.text()).isEqualTo(303);
        return browser;
    }

    private void dismissAllBut(String email) {
        var all = "accounts.user_roles WHERE role = 'admin' AND user_id <> "
                + "(SELECT id FROM accounts.users WHERE email = '" + email + "')";
        others = owner.sql("SELECT user_id, source FROM " + all).query().listOfRows();
        owner.sql("DELETE FROM " + all).update();
    }

    private List<String> roles(String email) {
        return owner.sql("""
                        SELECT role FROM accounts.user_roles JOIN accounts.users u ON u.id = user_id
                        WHERE email = ? ORDER BY role
                        """).param(email).query(String.class).list();
    }
}
