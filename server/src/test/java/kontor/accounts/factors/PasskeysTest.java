package kontor.accounts.factors;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.web.Refusal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@KontorTest
class PasskeysTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private FactorDesk desk;

    @Autowired
    private Enrolment enrolment;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    private final TestAuthenticator phone = new TestAuthenticator();
    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void browsersAreAskedInTheWordsOfTheirApi() {
        var options = creationOptions(ann);
        assertThat(options.at("/rp/id").asString()).isEqualTo("shop.example");
        assertThat(options.at("/user/name").asString()).isEqualTo(ann.email());
        assertThat(options.at("/user/displayName").asString()).isEqualTo(ann.name());
        assertThat(options.at("/user/id").asString())
                .as("nothing that tells who it is")
                .matches("[A-Za-z0-9_-]{43}")
                .isEqualTo(creationOptions(ann).at("/user/id").asString());
        assertThat(options.at("/challenge").asString()).matches("[A-Za-z0-9_-]{43}");
        assertThat(options.at("/pubKeyCredParams/0/alg").asInt()).isEqualTo(-7);
        assertThat(options.at("/attestation").asString()).isEqualTo("none");
        var request = loginOptions();
        assertThat(request.at("/rpId").asString()).isEqualTo("shop.example");
        assertThat(request.at("/userVerification").asString()).isEqualTo("required");
        assertThat(request.at("/allowCredentials").size()).isZero();
    }

    @Test
    void aPasskeyOpensASessionByItself() {
        var made = register(ann, phone);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.at("/passkey/name")).isEqualTo("Ann's phone");
        assertThat(made.json().at("/recovery_codes").size()).isEqualTo(10);
        var login = login(phone.get(loginOptions()));
        assertThat(login.status()).as(login.text()).isEqualTo(200);
        assertThat(api.as(login.at("/access_token")).get("/users/me").at("/email"))
                .isEqualTo(ann.email());
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("hwk", "user", "mfa");
        assertThat(api.as(login.at("/access_token")).get("/users/me/factors").at("/passkeys/0/last_used_at"))
                .isNotEmpty();
    }

    @Test
    void aBrowserGetsItsCookie() {
        register(ann, phone);
        var login = api.post("/login/passkey", Map.of("passkey", phone.get(loginOptions()), "session", "cookie"));
        assertThat(login.status()).isEqualTo(200);
        assertThat(login.at("/csrf_token")).isNotEmpty();
        assertThat(login.headers().allValues("Set-Cookie")).anyMatch(cookie -> cookie.startsWith("__Host-session="));
    }

    @Test
    void aPasskeyIsASecondFactorBesideThePassword() {
        register(ann, phone);
        var ticket = desk.ticket(ann);
        var login = secondFactor(ticket, phone.get(optionsFor(ticket)));
        assertThat(login.status()).as(login.text()).isEqualTo(200);
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("pwd", "hwk", "user", "mfa");
    }

    @Test
    void asTheSecondFactorItNeedNotVerifyItsUser() {
        register(ann, phone);
        var ticket = desk.ticket(ann);
        var options = optionsFor(ticket);
        assertThat(options.at("/allowCredentials").size()).isEqualTo(1);
        assertThat(secondFactor(ticket, phone.get(options, TestAuthenticator.ORIGIN, "shop.example", false))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aWrongOriginIsRefused() {
        register(ann, phone);
        for (var origin : List.of(
                "https://shop.example.evil.example",
                "http://shop.example",
                "https://shop.example:8443",
                "https://www.shop.example")) assertRefused(phone.get(loginOptions(), origin, "shop.example", true));
    }

    @Test
    void aWrongRelyingPartyIsRefused() {
        register(ann, phone);
        var known = phone.get(loginOptions());
        phone.move(known, "evil.example");
        assertRefused(phone.get(loginOptions(), TestAuthenticator.ORIGIN, "evil.example", true));
    }

    @Test
    void aChallengeIsGoodOnceAndForItsPurpose() {
        register(ann, phone);
        var options = loginOptions();
        var assertion = phone.get(options);
        assertThat(login(assertion).status()).isEqualTo(200);
        assertRefused(assertion);
        assertRefused(phone.get(options));
        assertRefused(phone.get(optionsFor(desk.ticket(ann))));
        var forged = new HashMap<String, Object>(Map.of("challenge", "A".repeat(43), "rpId", "shop.example"));
        assertRefused(phone.get(tree(forged)));
    }

    @Test
    void aFailedTryUsesItsChallengeUp() {
        register(ann, phone);
        var options = loginOptions();
        assertRefused(phone.get(options, "https://evil.example", "shop.example", true));
        assertRefused(phone.get(options));
    }

    @Test
    void aSecondFactorsChallengeBelongsToItsTicket() {
        register(ann, phone);
        var first = desk.ticket(ann);
        var second = desk.ticket(ann);
        var answer = secondFactor(second, phone.get(optionsFor(first)));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("invalid_second_factor");
        assertThat(secondFactor(second, phone.get(optionsFor(second))).status()).isEqualTo(200);
    }

    @Test
    void somebodyElsesPasskeyIsNoSecondFactor() {
        register(ann, phone);
        var bob = users.customer();
        var bobs = new TestAuthenticator();
        register(bob, bobs);
        var ticket = desk.ticket(ann);
        var options = optionsFor(ticket);
        var foreign = new HashMap<String, Object>(
                Map.of("challenge", options.at("/challenge").asString(), "rpId", "shop.example"));
        assertThat(secondFactor(ticket, bobs.get(tree(foreign))).status()).isEqualTo(401);
        assertThat(desk.sessions(ann)).isEqualTo(1);
        assertThat(desk.sessions(bob)).isEqualTo(1);
    }

    @Test
    void aPasskeyThatNobodyHasRegisteredIsRefused() {
        var stranger = new TestAuthenticator();
        stranger.create(creationOptions(ann));
        assertRefused(stranger.get(loginOptions()));
    }

    @Test
    void aPasskeyUnderAnothersNameIsRefused() {
        register(ann, phone);
        var bobs = new TestAuthenticator();
        register(users.customer(), bobs);
        var options = loginOptions();
        var assertion = new HashMap<String, Object>(bobs.get(options));
        assertion.put("id", phone.get(options).get("id"));
        assertRefused(assertion);
    }

    @Test
    void aCountThatGoesBackIsRefused() {
        var made = register(ann, phone);
        desk.owner()
                .sql("UPDATE accounts.passkeys SET sign_count = 1000 WHERE id = ?")
                .param(Long.parseLong(made.at("/passkey/id")))
                .update();
        assertRefused(phone.get(loginOptions()));
        assertThat(desk.owner()
                        .sql("SELECT sign_count FROM accounts.passkeys WHERE user_id = ?")
                        .param(ann.id())
                        .query(Long.class)
                        .single())
                .isEqualTo(1000);
    }

    @Test
    void aLoneFactorHasToVerifyItsUser() {
        register(ann, phone);
        assertRefused(phone.get(loginOptions(), TestAuthenticator.ORIGIN, "shop.example", false));
        assertThat(login(phone.get(loginOptions())).status()).isEqualTo(200);
    }

    @Test
    void whatIsAlteredIsRefused() {
        register(ann, phone);
        for (var member : List.of("signature", "authenticatorData", "clientDataJSON")) {
            var assertion = phone.get(loginOptions());
            var response = new HashMap<>(response(assertion));
            response.put(member, "AAAA" + requireNonNull(response.get(member)).substring(4));
            var altered = new HashMap<String, Object>(assertion);
            altered.put("response", response);
            desk.forgetTries();
            assertRefused(altered);
        }
        var assertion = new HashMap<String, Object>(phone.get(loginOptions()));
        assertion.put("id", "not base64url!");
        assertRefused(assertion);
    }

    @Test
    void oneAssertionFiftyTimesAtOnceOpensOneSession() throws Exception {
        register(ann, phone);
        var assertion = phone.get(loginOptions());
        Callable<Api.Answer> racer = () -> login(assertion);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(java.util.Collections.nCopies(50, racer)).stream()
                    .map(Future::resultNow)
                    .toList();
            assertThat(answers.stream().filter(answer -> answer.status() == 200))
                    .hasSize(1);
        }
        assertThat(desk.sessions(ann)).isEqualTo(2);
    }

    @Test
    void everyTryCounts() {
        register(ann, phone);
        var answers = java.util.stream.IntStream.range(0, 12)
                .mapToObj(_ -> login(phone.get(loginOptions(), "https://evil.example", "shop.example", true)))
                .map(Api.Answer::status)
                .toList();
        assertThat(answers).startsWith(401, 401, 401, 401, 401).endsWith(429);
        assertThat(desk.login(ann).at("/code")).as("the password's own count").isEqualTo("second_factor_required");
    }

    @Test
    void whoIsKeptOutStaysOut() {
        register(ann, phone);
        desk.owner()
                .sql("UPDATE accounts.users SET disabled_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        assertThat(login(phone.get(loginOptions())).status()).isEqualTo(401);
        assertThat(desk.sessions(ann)).isEqualTo(1);
    }

    @Test
    void whatIsRegisteredHasToAnswerTheServersQuestion() {
        var bob = users.customer();
        var options = creationOptions(ann);
        assertNotRegistered(ann, new TestAuthenticator().create(options, "https://evil.example"));
        assertNotRegistered(ann, new TestAuthenticator().create(options)); // its challenge is used up
        assertNotRegistered(bob, new TestAuthenticator().create(creationOptions(ann)));
        for (var garbage : List.of("AAAA", "!", ""))
            assertNotRegistered(
                    ann, Map.of("response", Map.of("clientDataJSON", garbage, "attestationObject", garbage)));
        var again = FactorDesk.with(ann, desk.login(ann));
        assertNotRegistered(again, new TestAuthenticator().create(creationOptions(ann))); // another session's
        assertThat(desk.count("passkeys", ann)).isZero();
        assertThat(desk.count("passkeys", bob)).isZero();
    }

    @Test
    void oneIsRegisteredOnceAndItsDeviceIsToldSo() {
        register(ann, phone);
        var known = creationOptions(ann).at("/excludeCredentials");
        assertThat(known.size()).isEqualTo(1);
        assertThat(known.at("/0/type").asString()).isEqualTo("public-key");
        assertThat(known.at("/0/transports/0").asString()).isEqualTo("internal");
    }

    @Test
    void onesOwnAreFoundAndRemovedAndOthersAreNotThere() {
        var made = register(ann, phone);
        var address = made.header("Location");
        assertThat(api.as(ann).get(address).at("/name")).isEqualTo("Ann's phone");
        var bob = api.as(users.customer());
        assertThat(bob.get(address).status()).isEqualTo(404);
        assertThat(bob.delete(address).status()).isEqualTo(404);
        assertThat(desk.count("passkeys", ann)).isEqualTo(1);
        assertThat(api.as(ann).delete(address).status()).isEqualTo(204);
        assertThat(api.as(ann).get(address).status()).isEqualTo(404);
        assertThat(desk.count("recovery_codes", ann)).isZero();
        assertRefused(phone.get(loginOptions()));
        assertThat(desk.login(ann).status()).isEqualTo(200);
        assertThat(desk.acts(ann)).containsExactly("factors.add done", "factors.remove done");
    }

    @Test
    void theLastWayInStaysUnlessMailWouldLetItsOwnerInAgain() {
        var made = register(ann, phone);
        withoutPassword("NULL");
        for (var refused : List.of(
                api.as(ann).delete(made.header("Location")),
                api.as(users.admin()).delete("/users/" + ann.id() + "/factors"))) {
            assertThat(refused.status()).as(refused.text()).isEqualTo(409);
            assertThat(refused.at("/code")).isEqualTo("last_way_in");
        }
        assertThat(desk.count("passkeys", ann)).isEqualTo(1);
        assertThat(desk.count("recovery_codes", ann)).isEqualTo(10);
        assertThat(desk.acts(ann)).containsExactly("factors.add done");
        assertThat(login(phone.get(loginOptions())).status()).isEqualTo(200);
        withoutPassword("now()");
        assertThat(api.as(ann).delete(made.header("Location")).status()).isEqualTo(204);
        assertThat(desk.count("passkeys", ann)).isZero();
    }

    @Test
    void staffTakeAPasskeyFromThoseWhomMailLetsInAgain() {
        register(ann, phone);
        withoutPassword("now()");
        assertThat(api.as(users.admin())
                        .delete("/users/" + ann.id() + "/factors")
                        .status())
                .isEqualTo(204);
        assertThat(desk.count("passkeys", ann)).isZero();
    }

    @Test
    void theLastAdministratorsLastLoginStaysThoughMailWouldLetThemInAgain() {
        ann = users.admin();
        var made = register(ann, phone);
        withoutPassword("now()");
        var id = Long.parseLong(made.at("/passkey/id"));
        for (var removal : List.<ThrowingCallable>of(
                () -> enrolment.removePasskey(ann.id(), id), () -> enrolment.removeAll(ann.id())))
            transaction.executeWithoutResult(status -> {
                jdbc.sql("UPDATE accounts.users SET disabled_at = now() WHERE disabled_at IS NULL AND id <> ?")
                        .param(ann.id())
                        .update();
                assertThatThrownBy(removal)
                        .isInstanceOfSatisfying(
                                Refusal.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("last_admin"));
                status.setRollbackOnly();
            });
        assertThat(desk.count("passkeys", ann)).isEqualTo(1);
        assertThat(enrolment.removePasskey(ann.id(), id)).as("others are left").isTrue();
    }

    private void withoutPassword(String verifiedAt) {
        desk.owner()
                .sql("UPDATE accounts.users SET password_hash = NULL, email_verified_at = " + verifiedAt
                        + " WHERE id = ?")
                .param(ann.id())
                .update();
    }

    private JsonNode creationOptions(TestUser user) {
        return api.as(user).post("/users/me/passkeys/options", null).json().at("/public_key");
    }

    private JsonNode loginOptions() {
        return api.post("/login/passkey/options", "{}").json().at("/public_key");
    }

    private JsonNode optionsFor(String ticket) {
        return api.post("/login/passkey/options", Map.of("ticket", ticket))
                .json()
                .at("/public_key");
    }

    private Api.Answer register(TestUser user, TestAuthenticator authenticator) {
        return register(user, authenticator.create(creationOptions(user)));
    }

    private Api.Answer register(TestUser user, Map<String, ?> credential) {
        return api.as(user).post("/users/me/passkeys", Map.of("name", "Ann's phone", "credential", credential));
    }

    private void assertNotRegistered(TestUser user, Map<String, ?> credential) {
        var answer = register(user, credential);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/code")).isEqualTo("not_good");
    }

    private Api.Answer login(Map<String, ?> assertion) {
        return api.post("/login/passkey", Map.of("passkey", assertion));
    }

    private Api.Answer secondFactor(String ticket, Map<String, ?> assertion) {
        return api.post("/login/second-factor", Map.of("ticket", ticket, "passkey", assertion));
    }

    private void assertRefused(Map<String, ?> assertion) {
        var sessions = sessions();
        var answer = login(assertion);
        assertThat(answer.status()).as(answer.text()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("invalid_passkey");
        assertThat(sessions()).isEqualTo(sessions);
    }

    private int sessions() {
        return desk.sessions(ann);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> response(Map<String, ?> assertion) {
        return (Map<String, String>) requireNonNull(assertion.get("response"));
    }

    private static JsonNode tree(Map<String, ?> options) {
        return new tools.jackson.databind.json.JsonMapper().valueToTree(options);
    }
}
