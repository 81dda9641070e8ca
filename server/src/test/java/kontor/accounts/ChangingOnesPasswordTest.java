package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class ChangingOnesPasswordTest {
    private static final String NEW = "a new and long passphrase";

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void endsAllOtherSessionsAndWritesTheOwner() {
        var elsewhere = login(TestUsers.PASSWORD);
        assertThat(change(TestUsers.PASSWORD, NEW).status()).isEqualTo(204);
        assertThat(api.as(ann).get("/users/me").status()).as("this one goes on").isEqualTo(200);
        assertThat(api.as(elsewhere.at("/access_token")).get("/users/me").status())
                .isEqualTo(401);
        assertThat(api.post("/login/refresh", Map.of("refresh_token", elsewhere.at("/refresh_token")))
                        .status())
                .isEqualTo(401);
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(401);
        assertThat(login(NEW).status()).isEqualTo(200);
        assertThat(TestMail.textsTo(ann.email(), 1).getFirst()).contains("was changed");
    }

    @Test
    void makesLinksWorthlessThatWereMailedBefore() {
        api.post("/password-resets", Map.of("email", ann.email()));
        var token = TestMail.tokenIn(TestMail.textsTo(ann.email(), 1).getFirst());
        assertThat(change(TestUsers.PASSWORD, NEW).status()).isEqualTo(204);
        assertThat(api.post("/password-resets/confirm", Map.of("token", token, "password", "of a stranger, 1"))
                        .at("/code"))
                .isEqualTo("link_not_good");
        assertThat(login(NEW).status()).isEqualTo(200);
    }

    @Test
    void needsThePresentOneAndChangesNothingWithoutIt() {
        for (var wrong : new String[] {"not the password", "", TestUsers.PASSWORD.toUpperCase(java.util.Locale.ROOT)}) {
            var answer = change(wrong, NEW);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.at("/code")).isEqualTo("wrong_password");
        }
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(api.post("/users/me/password", Map.of("current_password", TestUsers.PASSWORD, "password", NEW))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void slowsGuessesOfThePresentOneDown() {
        for (var i = 0; i < 5; i++)
            assertThat(change("guess " + i, NEW).status()).isEqualTo(403);
        var slowed = change(TestUsers.PASSWORD, NEW);
        assertThat(slowed.status()).isEqualTo(429);
        assertThat(slowed.header("Retry-After")).isNotEmpty();
    }

    @Test
    void refusesOnesThatBreakARule() {
        assertThat(change(TestUsers.PASSWORD, "7 chars").at("/errors/0/code")).isEqualTo("too_short");
        assertThat(change(TestUsers.PASSWORD, ann.email()).at("/errors/0/code")).isEqualTo("too_personal");
        assertThat(change(TestUsers.PASSWORD, "password123").at("/errors/0/code"))
                .isEqualTo("too_common");
        assertThat(login(TestUsers.PASSWORD).status()).isEqualTo(200);
    }

    private Api.Answer change(String current, String wanted) {
        return api.as(ann).post("/users/me/password", Map.of("current_password", current, "password", wanted));
    }

    private Api.Answer login(String password) {
        return api.post("/login", Map.of("email", ann.email(), "password", password));
    }
}
