package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestMail;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class EnrollingFactorsTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private FactorDesk desk;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void anAppIsToldItsSecretInThreeForms() {
        var begun = api.as(ann).post("/users/me/factors/totp", null);
        assertThat(begun.status()).isEqualTo(200);
        assertThat(begun.at("/secret")).matches("[A-Z2-7]{32}");
        assertThat(begun.at("/uri"))
                .startsWith("otpauth://totp/Kontor:person")
                .contains("secret=" + begun.at("/secret"));
        var picture = begun.at("/qr_code");
        assertThat(picture).startsWith("data:image/svg+xml;base64,");
        assertThat(new String(
                        Base64.getDecoder().decode(picture.substring(picture.indexOf(',') + 1)),
                        StandardCharsets.UTF_8))
                .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                .endsWith("</svg>");
    }

    @Test
    void anAppIsNoFactorUntilItHasShownACode() {
        api.as(ann).post("/users/me/factors/totp", null);
        assertThat(desk.login(ann).status()).isEqualTo(200);
        assertThat(api.as(ann).get("/users/me/factors").json().at("/totp").isNull())
                .isTrue();
        var wrong = api.as(ann).post("/users/me/factors/totp/confirm", Map.of("code", "000000"));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.at("/errors/0/code")).isEqualTo("wrong");
        assertThat(desk.login(ann).status()).isEqualTo(200);
        assertThat(desk.count("recovery_codes", ann)).isZero();
    }

    @Test
    void beginningAnewWithdrawsTheSecretBefore() {
        var first = FactorDesk.bytes(
                api.as(ann).post("/users/me/factors/totp", null).at("/secret"));
        api.as(ann).post("/users/me/factors/totp", null);
        var old = Totp.code(first, Totp.stepAt(java.time.Instant.now()));
        assertThat(api.as(ann)
                        .post("/users/me/factors/totp/confirm", Map.of("code", old))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void theFirstFactorBringsTenRecoveryCodesAndEndsTheOtherSessions() {
        var other = FactorDesk.with(ann, desk.login(ann));
        var app = desk.enrol(ann);
        assertThat(app.recoveryCodes())
                .hasSize(10)
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("([a-z2-7]{4}-){5}[a-z2-7]{4}"));
        var listed = api.as(ann).get("/users/me/factors");
        assertThat(listed.at("/totp/created_at")).isNotEmpty();
        assertThat(listed.at("/recovery_codes_left")).isEqualTo("10");
        assertThat(api.as(other).get("/users/me").status()).isEqualTo(401);
        assertThat(api.as(ann).get("/users/me").status()).isEqualTo(200);
        assertThat(desk.acts(ann)).containsExactly("factors.add done");
    }

    @Test
    void whatIsKeptTellsNeitherSecretNorCodes() {
        var app = desk.enrol(ann);
        var secret = desk.owner()
                .sql("SELECT sealed_secret FROM accounts.totp WHERE user_id = ?")
                .param(ann.id())
                .query(String.class)
                .single();
        assertThat(secret).startsWith("s1.").doesNotContain(Base32.encode(app.secret()));
        var kept = desk.owner()
                .sql("SELECT encode(hash, 'escape') FROM accounts.recovery_codes WHERE user_id = ?")
                .param(ann.id())
                .query(String.class)
                .list();
        assertThat(kept).hasSize(10).noneMatch(hash -> app.recoveryCodes().contains(hash));
    }

    @Test
    void aSealedSecretOpensForNobodyElse() {
        var app = desk.enrol(ann);
        var eve = users.customer();
        desk.enrol(eve);
        desk.owner().sql("""
                        UPDATE accounts.totp
                        SET sealed_secret = (SELECT sealed_secret FROM accounts.totp WHERE user_id = ?) WHERE user_id = ?
                        """).params(eve.id(), ann.id()).update();
        assertThat(desk.secondFactor(desk.ticket(ann), app.code(0)).status()).isEqualTo(500);
        assertThat(desk.sessions(ann)).isEqualTo(1);
    }

    @Test
    void aSecondAppIsRefusedWhileOneIsInUse() {
        var app = desk.enrol(ann);
        var second = api.as(ann).post("/users/me/factors/totp", null);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.at("/code")).isEqualTo("factor_exists");
        assertThat(desk.secondFactor(desk.ticket(ann), app.code(0)).status()).isEqualTo(200);
        var again = api.as(ann).post("/users/me/factors/totp/confirm", Map.of("code", app.code(1)));
        assertThat(again.at("/code")).isEqualTo("nothing_begun");
    }

    @Test
    void newRecoveryCodesWithdrawTheOld() {
        var app = desk.enrol(ann);
        var replaced = api.as(ann).post("/users/me/factors/recovery-codes", null);
        var codes = FactorDesk.codes(replaced);
        assertThat(codes).hasSize(10).doesNotContainAnyElementsOf(app.recoveryCodes());
        var ticket = desk.ticket(ann);
        assertThat(desk.secondFactor(ticket, app.recoveryCodes().getFirst()).status())
                .isEqualTo(401);
        assertThat(desk.secondFactor(ticket, codes.getFirst()).status()).isEqualTo(200);
    }

    @Test
    void withoutAFactorThereAreNoRecoveryCodes() {
        var refused = api.as(ann).post("/users/me/factors/recovery-codes", null);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("no_second_factor");
        assertThat(desk.count("recovery_codes", ann)).isZero();
    }

    @Test
    void withTheLastFactorTheRecoveryCodesGo() {
        desk.enrol(ann);
        assertThat(api.as(ann).delete("/users/me/factors/totp").status()).isEqualTo(204);
        assertThat(desk.count("recovery_codes", ann)).isZero();
        assertThat(desk.login(ann).status()).isEqualTo(200);
        assertThat(api.as(ann).delete("/users/me/factors/totp").status()).isEqualTo(404);
        assertThat(desk.acts(ann)).containsExactly("factors.add done", "factors.remove done");
    }

    @Test
    void theOwnerIsToldOfEachChangeByMail() {
        owner.sql("UPDATE accounts.users SET email_verified_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        var app = desk.enrol(ann);
        api.as(ann).post("/users/me/factors/recovery-codes", null);
        var options =
                api.as(ann).post("/users/me/passkeys/options", null).json().at("/public_key");
        var made = api.as(ann)
                .post(
                        "/users/me/passkeys",
                        Map.of("name", "Phone", "credential", new TestAuthenticator().create(options)));
        assertThat(api.as(ann)
                        .delete("/users/me/passkeys/" + made.at("/passkey/id"))
                        .status())
                .as(made.text())
                .isEqualTo(204);
        assertThat(api.as(ann).delete("/users/me/factors/totp").status()).isEqualTo(204);
        var told = TestMail.textsTo(ann.email(), 5);
        assertThat(told)
                .hasSize(5)
                .anySatisfy(text -> assertThat(text).contains("given an authenticator app"))
                .anySatisfy(text -> assertThat(text).contains("recovery codes of your account were made anew"))
                .anySatisfy(text -> assertThat(text).contains("given a passkey"))
                .anySatisfy(text -> assertThat(text).contains("lost a passkey"))
                .anySatisfy(text -> assertThat(text).contains("lost an authenticator app"))
                .allSatisfy(text -> assertThat(text)
                        .contains("If that was not you")
                        .doesNotContain(
                                "token=",
                                "http",
                                Base32.encode(app.secret()),
                                app.recoveryCodes().getFirst()));
    }

    @Test
    void nobodyChangesFactorsWithALoginThatIsNotFresh() {
        var app = desk.enrol(ann);
        desk.age(ann, 6);
        for (var change : new String[] {
            "POST /users/me/factors/totp",
            "POST /users/me/factors/recovery-codes",
            "DELETE /users/me/factors/totp",
            "POST /users/me/passkeys/options",
            "DELETE /users/me/passkeys/1"
        }) {
            var parts = change.split(" ", 2);
            var refused = api.as(ann).send(parts[0], parts[1], null);
            assertThat(refused.status()).as(change).isEqualTo(401);
            assertThat(refused.at("/code")).as(change).isEqualTo("step_up_required");
        }
        assertThat(desk.count("recovery_codes", ann)).isEqualTo(10);
        assertThat(desk.secondFactor(desk.ticket(ann), app.code(0)).status()).isEqualTo(200);
    }

    @Test
    void staffRemoveTheFactorsOfSomebodyWhoHasLostThem() {
        desk.enrol(ann);
        var clerk = users.with("users:factors");
        assertThat(api.as(clerk).delete("/users/" + ann.id() + "/factors").status())
                .isEqualTo(204);
        assertThat(desk.sessions(ann)).isZero();
        assertThat(desk.login(ann).status()).isEqualTo(200);
        assertThat(desk.acts(ann)).containsExactly("factors.add done", "factors.remove done");
        assertThat(desk.owner()
                        .sql("SELECT actor FROM auditlog.acts WHERE subject = ? AND action = 'factors.remove'")
                        .param("user:" + ann.id())
                        .query(String.class)
                        .single())
                .isEqualTo("user:" + clerk.id());
    }

    @Test
    void staffRemoveNeitherTheirOwnNorThoseOfWhoMayDoMore() {
        desk.enrol(ann);
        assertThat(api.as(users.customer())
                        .delete("/users/" + ann.id() + "/factors")
                        .status())
                .isEqualTo(403);
        var clerk = users.with("users:factors");
        var own = api.as(clerk).delete("/users/" + clerk.id() + "/factors");
        assertThat(own.status()).isEqualTo(403);
        assertThat(own.at("/code")).isEqualTo("own_factors");
        var boss = users.admin();
        desk.enrol(boss);
        assertThat(api.as(clerk).delete("/users/" + boss.id() + "/factors").status())
                .isEqualTo(403);
        assertThat(desk.count("totp", boss)).isEqualTo(1);
        assertThat(desk.count("totp", ann)).isEqualTo(1);
        assertThat(api.as(clerk).delete("/users/999999999/factors").status()).isEqualTo(404);
    }
}
