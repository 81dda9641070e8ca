package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class ChangingProfilesTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient jdbc;

    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void changesWhatIsGivenAndLeavesTheRest() {
        var changed = change(Map.of("name", " Ann-Sophie Lee ", "locale", "de-ch", "time_zone", "Europe/Zurich"));
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.at("/name")).isEqualTo("Ann-Sophie Lee");
        assertThat(changed.at("/locale")).isEqualTo("de-CH");
        assertThat(changed.at("/time_zone")).isEqualTo("Europe/Zurich");
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        var again = change(Map.of("time_zone", "UTC"));
        assertThat(again.at("/name")).isEqualTo("Ann-Sophie Lee");
        assertThat(again.at("/time_zone")).isEqualTo("UTC");
        assertThat(api.as(ann).get("/users/me").json()).isEqualTo(again.json());
    }

    @Test
    void changesOnlyWhatIsStillAsItWasSeen() {
        var mine = api.as(ann);
        assertThat(mine.patch("/users/me", Map.of("name", "Bob")).status()).isEqualTo(428);
        var seen = mine.get("/users/me").header("ETag");
        assertThat(mine.patch("/users/me", Map.of("name", "First"), "If-Match", seen)
                        .status())
                .isEqualTo(200);
        var late = mine.patch("/users/" + ann.id(), Map.of("name", "Second"), "If-Match", seen);
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.at("/code")).isEqualTo("version_changed");
        assertThat(mine.patch("/users/me", Map.of("name", "Third"), "If-Match", "nonsense")
                        .status())
                .isEqualTo(412);
        assertThat(mine.get("/users/me").at("/name")).isEqualTo("First");
    }

    @ParameterizedTest
    @CsvSource({
        "time_zone,Mars/Base",
        "time_zone,''",
        "time_zone,Europe",
        "time_zone,+25:00",
        "time_zone,SystemV/PST8",
        "locale,''",
        "locale,xx-YY",
        "locale,de_CH",
        "locale,klingon",
        "locale,de-ZZZZZ-",
        "name,''",
        "name,'A\u0000nn'"
    })
    void refusesNonsense(String field, String value) {
        var answer = change(Map.of(field, value));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo(field);
        assertUntouched();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id",
                "email",
                "role",
                "roles",
                "enabled",
                "state",
                "created_at",
                "createdAt",
                "balance",
                "tenant",
                "password",
                "password_hash",
                "email_verified",
                "version"
            })
    void refusesMembersThatAreNotTheCallersToSet(String member) {
        var body = new LinkedHashMap<String, String>();
        body.put("name", "Eve");
        body.put(member, "1");
        var answer = change(body);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/code")).isEqualTo("unknown_field");
        assertUntouched();
    }

    @Test
    void ofOthersAreNotThereForCustomers() {
        var bob = users.customer();
        var foreign = api.as(bob).patch("/users/" + ann.id(), Map.of("name", "Eve"), "If-Match", "*");
        var absent = api.as(bob).patch("/users/" + Long.MAX_VALUE, Map.of("name", "Eve"), "If-Match", "*");
        assertThat(foreign.status()).isEqualTo(absent.status()).isEqualTo(404);
        assertThat(foreign.at("/detail")).isEqualTo(absent.at("/detail"));
        assertThat(api.patch("/users/" + ann.id(), Map.of("name", "Eve"), "If-Match", "*")
                        .status())
                .isEqualTo(401);
        assertUntouched();
    }

    @Test
    void areChangedByStaffUnlessTheyMayDoMore() {
        var clerk = users.with("users:write", "users:read");
        assertThat(api.as(clerk)
                        .patch("/users/" + ann.id(), Map.of("name", "Corrected"), "If-Match", "*")
                        .at("/name"))
                .isEqualTo("Corrected");
        var admin = users.admin();
        for (var answer : List.of(
                api.as(clerk).patch("/users/" + admin.id(), Map.of("name", "Eve"), "If-Match", "*"),
                api.as(clerk).post("/users/" + admin.id() + "/email", Map.of("email", newEmail())),
                api.as(clerk).post("/users/" + admin.id() + "/disable", null))) {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.at("/code")).isEqualTo("beyond_own_rights");
        }
        var kept = api.as(admin).get("/users/me");
        assertThat(kept.at("/name")).isEqualTo(admin.name());
        assertThat(kept.at("/state")).isEqualTo("active");
    }

    @Test
    void getAnotherAddressWhenItsOwnerFollowsTheLink() {
        var email = newEmail();
        assertThat(askForEmail(email, TestUsers.PASSWORD).status()).isEqualTo(202);
        assertThat(api.as(ann).get("/users/me").at("/email")).isEqualTo(ann.email());
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        assertThat(TestMail.textsTo(ann.email(), 1).getFirst()).doesNotContain("token", email);
        assertThat(confirmEmail(token).status()).isEqualTo(204);
        assertThat(TestMail.textsTo(ann.email(), 2).get(1))
                .as("the address before is told")
                .contains("was changed")
                .doesNotContain("token", email);
        assertThat(TestMail.to(email)).hasSize(1);
        var me = api.as(ann).get("/users/me");
        assertThat(me.at("/email")).isEqualTo(email);
        assertThat(me.at("/email_verified")).isEqualTo("true");
        assertThat(confirmEmail(token).at("/code")).isEqualTo("link_not_good");
        assertThat(api.post("/login", Map.of("email", email, "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(200);
        assertThat(api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void getAnotherAddressWithThePasswordOnly() {
        var email = newEmail();
        assertThat(askForEmail(email, "not the password").at("/code")).isEqualTo("wrong_password");
        assertThat(jdbc.sql("SELECT count(*) FROM mail.outgoing WHERE recipient = ?")
                        .param(email)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void areNotToldWhoseAddressIsTaken() {
        var bob = users.customer();
        var taken = askForEmail(bob.email(), TestUsers.PASSWORD);
        var free = askForEmail(newEmail(), TestUsers.PASSWORD);
        assertThat(taken.status()).isEqualTo(free.status()).isEqualTo(202);
        assertThat(taken.text()).isEqualTo(free.text());
        assertThat(TestMail.textsTo(bob.email(), 1).getFirst())
                .contains("one already")
                .doesNotContain("token");
    }

    @Test
    void keepTheirAddressWhenSomebodyElseHasTheNewOneMeanwhile() {
        var email = newEmail();
        askForEmail(email, TestUsers.PASSWORD);
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        assertThat(api.post("/users", Map.of("name", "Bob", "email", email, "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(201);
        assertThat(confirmEmail(token).at("/code")).isEqualTo("email_taken");
        assertThat(api.as(ann).get("/users/me").at("/email")).isEqualTo(ann.email());
    }

    @Test
    void keepTheirAddressWhenThePasswordWasChangedMeanwhile() {
        var email = newEmail();
        askForEmail(email, TestUsers.PASSWORD);
        var token = TestMail.tokenIn(TestMail.textsTo(email, 1).getFirst());
        api.as(ann)
                .post(
                        "/users/me/password",
                        Map.of("current_password", TestUsers.PASSWORD, "password", "a new and long passphrase"));
        assertThat(confirmEmail(token).at("/code")).isEqualTo("link_not_good");
        assertThat(api.as(ann).get("/users/me").at("/email")).isEqualTo(ann.email());
    }

    @Test
    void refuseWhatIsNoAddress() {
        for (var wrong : List.of("nobody", "ann@b", "ann@example.org\r\nBcc: eve@example.org", "ann@exämple.org"))
            assertThat(askForEmail(wrong, TestUsers.PASSWORD).at("/errors/0/field"))
                    .isEqualTo("email");
    }

    @Test
    void areRecordedWithoutAddressAndName() {
        var clerk = users.with("users:write", "users:read");
        api.as(clerk).patch("/users/" + ann.id(), Map.of("name", "Recorded Name"), "If-Match", "*");
        assertThat(jdbc.sql("""
                                SELECT actor || ' ' || before || ' ' || after FROM auditlog.acts
                                WHERE action = 'users.change' AND subject = ?
                                """).param("user:" + ann.id()).query(String.class).single())
                .contains("user:" + clerk.id(), "other_name")
                .doesNotContain("@", ann.name(), "Recorded Name");
    }

    private Api.Answer change(Map<String, ?> body) {
        return api.as(ann).patch("/users/me", body, "If-Match", "*");
    }

    private Api.Answer askForEmail(String email, String password) {
        return api.as(ann).post("/users/me/email", Map.of("email", email, "current_password", password));
    }

    private Api.Answer confirmEmail(String token) {
        return api.post("/users/email/confirm", Map.of("token", token));
    }

    private void assertUntouched() {
        var me = api.as(ann).get("/users/me");
        assertThat(me.at("/name")).isEqualTo(ann.name());
        assertThat(me.at("/email")).isEqualTo(ann.email());
        assertThat(me.at("/version")).isEqualTo("1");
    }

    private static String newEmail() {
        return "ann." + UUID.randomUUID() + "@example.org";
    }
}
