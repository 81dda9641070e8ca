package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What needs a fresh login, tried on making new recovery codes. */
@KontorTest
class SteppingUpTest {
    private static final String FRESH = "/users/me/factors/totp";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private FactorDesk desk;

    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void aLoginIsFreshForFiveMinutes() {
        desk.age(ann, 4);
        assertThat(api.as(ann).post(FRESH, null).status()).isEqualTo(200);
        desk.age(ann, 6);
        var refused = api.as(ann).post(FRESH, null);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.at("/code")).isEqualTo("step_up_required");
        assertThat(refused.at("/max_age")).isEqualTo("300");
        assertThat(refused.header("WWW-Authenticate"))
                .isEqualTo("Bearer error=\"insufficient_user_authentication\", max_age=300");
        assertThat(api.as(ann).get("/users/me").status()).as("all else goes on").isEqualTo(200);
    }

    @Test
    void aGuestSignsInFirst() {
        var refused = api.post(FRESH, null);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.at("/code")).isEqualTo("unauthorized");
        assertThat(api.post("/login/step-up", Map.of("password", TestUsers.PASSWORD))
                        .at("/code"))
                .isEqualTo("unauthorized");
    }

    @Test
    void thePasswordMakesItFreshForWhoHasNoSecondFactor() {
        desk.age(ann, 6);
        var wrong = api.as(ann).post("/login/step-up", Map.of("password", "not the password"));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.at("/code")).isEqualTo("invalid_credentials");
        assertThat(api.as(ann).post(FRESH, null).status()).isEqualTo(401);
        assertThat(stepUp(ann, "password", TestUsers.PASSWORD)).isEqualTo(204);
        assertThat(api.as(ann).post(FRESH, null).status()).isEqualTo(200);
        assertThat(desk.acts(ann)).contains("login.step_up refused");
    }

    @Test
    void whoHasASecondFactorShowsThat() {
        var app = desk.enrol(ann);
        desk.age(ann, 6);
        var password = api.as(ann).post("/login/step-up", Map.of("password", TestUsers.PASSWORD));
        assertThat(password.status()).isEqualTo(401);
        assertThat(password.at("/code")).isEqualTo("second_factor_required");
        assertThat(stepUp(ann, "code", "000000")).isEqualTo(401);
        assertThat(api.as(ann).delete(FRESH).status()).isEqualTo(401);
        var code = app.code(0);
        assertThat(stepUp(ann, "code", code)).isEqualTo(204);
        desk.age(ann, 6);
        assertThat(stepUp(ann, "code", code)).as("a code is good once").isEqualTo(401);
        assertThat(stepUp(ann, "code", app.recoveryCodes().getFirst())).isEqualTo(204);
        assertThat(api.as(ann).delete(FRESH).status()).isEqualTo(204);
    }

    @Test
    void aPasskeyMakesItFreshInTheSessionThatItWasAskedFor() {
        var phone = new TestAuthenticator();
        register(phone);
        desk.age(ann, 6);
        var other = FactorDesk.with(ann, passkeyLogin(phone));
        var options = api.as(ann).post("/login/step-up/options", null).json().at("/public_key");
        assertThat(api.as(other)
                        .post("/login/step-up", Map.of("passkey", phone.get(options)))
                        .status())
                .isEqualTo(401);
        options = api.as(ann).post("/login/step-up/options", null).json().at("/public_key");
        assertThat(api.as(ann)
                        .post("/login/step-up", Map.of("passkey", phone.get(options)))
                        .status())
                .isEqualTo(204);
        assertThat(api.as(ann).post(FRESH, null).status()).isEqualTo(200);
    }

    @Test
    void aSessionThatHasNotShownTheSecondFactorIsNotFreshHoweverYoung() {
        desk.enrol(ann);
        desk.owner()
                .sql("UPDATE accounts.sessions SET methods = '{pwd}' WHERE user_id = ?")
                .param(ann.id())
                .update();
        desk.lookAgainAt(ann);
        assertThat(api.as(ann).delete(FRESH).at("/code")).isEqualTo("step_up_required");
    }

    @Test
    void guessingIsSlowedDownAsItIsAtTheLogin() {
        for (var i = 0; i < 5; i++)
            assertThat(stepUp(ann, "password", "not the password")).isEqualTo(401);
        assertThat(stepUp(ann, "password", TestUsers.PASSWORD)).isEqualTo(429);
        assertThat(desk.login(ann).status()).as("one count for both").isEqualTo(429);
        var bob = users.customer();
        var app = desk.enrol(bob);
        for (var i = 0; i < 5; i++) assertThat(stepUp(bob, "code", "000000")).isEqualTo(401);
        assertThat(stepUp(bob, "code", app.code(0))).isEqualTo(429);
    }

    @Test
    void strangersWhoGuessKeepTheOwnerOutOfNoBrowserThatIsKnown() {
        var device = FactorDesk.device(
                api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "session", "cookie")));
        for (var i = 0; i < 5; i++)
            assertThat(stepUp(ann, "password", "a guess")).isEqualTo(401);
        assertThat(stepUp(ann, "password", TestUsers.PASSWORD)).isEqualTo(429);
        assertThat(stepUp(ann, "password", TestUsers.PASSWORD, "Cookie", device))
                .isEqualTo(204);
        var app = desk.enrol(ann);
        for (var i = 0; i < 5; i++) assertThat(stepUp(ann, "code", "000000")).isEqualTo(401);
        assertThat(stepUp(ann, "code", app.code(0))).isEqualTo(429);
        assertThat(stepUp(ann, "code", app.code(0), "Cookie", device)).isEqualTo(204);
    }

    private int stepUp(TestUser user, String with, String value, String... headers) {
        return api.as(user).post("/login/step-up", Map.of(with, value), headers).status();
    }

    private void register(TestAuthenticator phone) {
        var options =
                api.as(ann).post("/users/me/passkeys/options", null).json().at("/public_key");
        var made = api.as(ann).post("/users/me/passkeys", Map.of("name", "Phone", "credential", phone.create(options)));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    private Api.Answer passkeyLogin(TestAuthenticator phone) {
        var options = api.post("/login/passkey/options", "{}").json().at("/public_key");
        return api.post("/login/passkey", Map.of("passkey", phone.get(options)));
    }
}
