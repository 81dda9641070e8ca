package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.accounts.oauth.TestClients;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Whoever has a second factor shows it on the login page, too. */
@KontorTest
class LoggingInOnThePageTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestClients clients;

    @Autowired
    FactorDesk desk;

    @Test
    void thePasswordAloneOpensNothingAndTheCodeDoes() {
        var app = desk.enrol(users.customer());
        var page = api.get("/login");
        var cookie = TestClients.cookie(page, "__Host-form");
        var fields = TestClients.fields(page);
        fields.putAll(Map.of("email", app.user().email(), "password", TestUsers.PASSWORD));
        var first = clients.form("/login/form", fields, "Cookie", cookie);
        assertThat(first.status()).isEqualTo(200);
        assertThat(sessionCookies(first)).isZero();

        var second = TestClients.fields(first);
        assertThat(second).containsKeys("ticket", "form_token");
        second.put("code", "000000");
        var wrong = clients.form("/login/form", second, "Cookie", cookie);
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(sessionCookies(wrong)).isZero();
        assertThat(TestClients.fields(wrong)).containsEntry("ticket", second.get("ticket"));

        second.put("code", app.code(0));
        assertThat(clients.form("/login/form", second).status()).isEqualTo(403); // a form of nobody's
        var done = clients.form("/login/form", second, "Cookie", cookie);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        assertThat(sessionCookies(done)).isEqualTo(1);
        assertThat(clients.form("/login/form", second, "Cookie", cookie).status())
                .isEqualTo(401); // the ticket is used up
    }

    private static long sessionCookies(Api.Answer answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("__Host-session="))
                .count();
    }
}
