package kontor.accounts.federation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestProvider;
import kontor.TestProvider.IdToken;
import kontor.TestUsers;
import kontor.accounts.sessions.Opaque;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** People who log in with an OpenID provider: who gets in, as whom, and who does not. */
@KontorTest
class LoggingInAtAProviderTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private final String subject = UUID.randomUUID().toString();
    private final String email = "ann." + subject.substring(0, 8) + "@example.org";
    private Browser browser;

    @BeforeEach
    void openABrowser() {
        browser = new Browser(api);
    }

    @Test
    void sendsTheBrowserThereWithAQuestionOfItsOwn() {
        var answer = browser.get("/login/oidc/acme?to=/account");
        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("Location")).startsWith(TestProvider.issuer("acme") + "/authorize?");
        var asked = TestProvider.parameters(answer.header("Location").split("\\?", 2)[1]);
        assertThat(asked)
                .containsEntry("response_type", "code")
                .containsEntry("client_id", TestProvider.CLIENT)
                .containsEntry("redirect_uri", "https://shop.example/login/oidc/acme/callback")
                .containsEntry("scope", "openid profile email")
                .containsEntry("code_challenge_method", "S256")
                .containsKeys("state", "nonce", "code_challenge");
        assertThat(Browser.setCookies(answer))
                .singleElement()
                .satisfies(cookie -> assertThat(cookie)
                        .startsWith("__Host-login=")
                        .contains("Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600")
                        .doesNotContain(asked.get("state"), asked.get("nonce"), "Domain"));
    }

    @Test
    void aFirstLoginMakesAUserWithTheVerifiedAddressAndNoPassword() {
        var answer = browser.logIn("acme", subject, this::ann);
        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/account");
        var me = browser.get("/users/me");
        assertThat(me.at("/email")).isEqualTo(email);
        assertThat(me.at("/name")).isEqualTo("Ann Lee");
        assertThat(me.json().get("roles").valueStream().map(role -> role.asString()))
                .containsExactly("customer");
        assertThat(browser.get("/sessions/current").at("/session/methods/0")).isEqualTo("fed");
        assertThat(owner.sql(
                                "SELECT password_hash IS NULL AND email_verified_at IS NOT NULL FROM accounts.users WHERE email = ?")
                        .param(email)
                        .query(Boolean.class)
                        .single())
                .isTrue();
        assertThat(acts("users.create")).isEqualTo(1);
        assertThat(api.post("/login", Map.of("email", email, "password", "")).status())
                .isEqualTo(401);
    }

    @Test
    void comesBackAsTheSameUserWhateverTheirAddressIsMeanwhile() {
        browser.logIn("acme", subject, this::ann);
        var id = browser.get("/users/me").at("/id");
        var later = new Browser(api);
        later.logIn(
                "acme",
                subject,
                about -> about.claim("email", "other@example.org").claim("email_verified", true));
        assertThat(later.get("/users/me").at("/id")).isEqualTo(id);
        assertThat(later.email()).isEqualTo(email);
    }

    @Test
    void theAddressOfAnAccountOpensItForNobody() {
        var ann = users.customer();
        var before = Standing.now();
        var answer = browser.logIn(
                "acme",
                subject,
                about -> about.claim("email", ann.email().toUpperCase(java.util.Locale.ROOT))
                        .claim("email_verified", true));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("account_exists");
        assertThat(Standing.now()).isEqualTo(before);
        assertThat(browser.get("/users/me").status()).isEqualTo(401);
    }

    @Test
    void anAddressThatNobodyAnswersForMakesNoUserAndTellsNothing() {
        var ann = users.customer();
        var before = Standing.now();
        for (var about : List.<UnaryOperator<JWTClaimsSet.Builder>>of(
                claims -> claims.claim("email", ann.email()),
                claims -> claims.claim("email", email).claim("email_verified", false),
                claims -> claims.claim("email", email).claim("email_verified", "true"),
                claims -> claims.claim("email", "not an address").claim("email_verified", true),
                claims -> claims)) {
            var answer = new Browser(api).logIn("acme", subject, about);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.at("/code")).isEqualTo("email_not_verified");
        }
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void aProviderThatMakesNoUsersLetsNobodyNewIn() {
        var before = Standing.now();
        var answer = browser.logIn("closed", subject, this::ann);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.at("/code")).isEqualTo("no_account");
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void whoIsDisabledHereStaysOut() {
        browser.logIn("acme", subject, this::ann);
        owner.sql("UPDATE accounts.users SET disabled_at = now() WHERE email = ?")
                .param(email)
                .update();
        var before = Standing.now();
        var again = new Browser(api);
        assertRefused(again.logIn("acme", subject, this::ann));
        assertThat(Standing.now()).isEqualTo(before);
    }

    static Stream<Arguments> forgedTokens() {
        var strange = TestProvider.rsa();
        return Stream.of(
                forged("another nonce", about -> about.claim("nonce", "x"), TestProvider::signed),
                forged("no nonce", about -> about.claim("nonce", null), TestProvider::signed),
                forged("another issuer", about -> about.issuer("https://evil.example"), TestProvider::signed),
                forged(
                        "the issuer with a slash",
                        about -> about.issuer(TestProvider.issuer("acme") + "/"),
                        TestProvider::signed),
                forged("for somebody else", about -> about.audience("another-client"), TestProvider::signed),
                forged(
                        "for several without a party",
                        about -> about.audience(List.of(TestProvider.CLIENT, "another-client")),
                        TestProvider::signed),
                forged(
                        "another party",
                        about -> about.audience(List.of(TestProvider.CLIENT, "another-client"))
                                .claim("azp", "another-client"),
                        TestProvider::signed),
                forged(
                        "expired",
                        about -> about.expirationTime(Date.from(Instant.now().minusSeconds(120))),
                        TestProvider::signed),
                forged("no end", about -> about.expirationTime(null), TestProvider::signed),
                forged(
                        "issued tomorrow",
                        about -> about.issueTime(Date.from(Instant.now().plusSeconds(86_400))),
                        TestProvider::signed),
                forged("no subject", about -> about.subject(null), TestProvider::signed),
                forged(
                        "another access token",
                        about -> about.claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
                        TestProvider::signed),
                forged("no signature", about -> about, (claims, _) -> TestProvider.unsigned(claims)),
                forged(
                        "signed with the client's secret",
                        about -> about,
                        (claims, key) -> TestProvider.signed(claims, key, JWSAlgorithm.HS256)),
                forged(
                        "signed with RS512",
                        about -> about,
                        (claims, key) -> TestProvider.signed(claims, key, JWSAlgorithm.RS512)),
                forged(
                        "signed with a strange key",
                        about -> about,
                        (claims, _) -> TestProvider.signed(claims, strange)));
    }

    private static Arguments forged(String what, UnaryOperator<JWTClaimsSet.Builder> about, IdToken token) {
        return Arguments.of(what, about, token);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgedTokens")
    void anIdTokenThatIsNotGoodLetsNobodyIn(String what, UnaryOperator<JWTClaimsSet.Builder> forge, IdToken token) {
        var page = browser.depart("acme", "/account");
        var before = Standing.now();
        var code = TestProvider.logIn(page, subject, about -> forge.apply(ann(about)), token);
        assertRefused(browser.arrive("acme", page, code));
        assertThat(Standing.now()).as(what).isEqualTo(before);
    }

    @Test
    void onlyTheBrowserThatHasGoneComesBackAndOnlyOnce() {
        var page = browser.depart("acme", "/account");
        var stranger = new Browser(api);
        assertRefused(stranger.arrive("acme", page, TestProvider.logIn(page, subject, this::ann)));
        assertRefused(
                browser.arrive("acme", page, TestProvider.logIn(page, subject, this::ann))); // used up by the stranger

        var second = browser.depart("acme", "/account");
        var elsewhere = new Browser(api);
        elsewhere.depart("acme", "/account"); // it has a cookie of its own
        assertRefused(elsewhere.arrive("acme", second, TestProvider.logIn(second, subject, this::ann)));

        var third = browser.depart("acme", "/account");
        var code = TestProvider.logIn(third, subject, this::ann);
        assertThat(browser.arrive("acme", third, code).status()).isEqualTo(303);
        var before = Standing.now();
        assertRefused(browser.arrive("acme", third, code));
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void anAnswerToAnotherQuestionIsNone() {
        var before = Standing.now();
        var page = browser.depart("acme", "/account");
        var code = TestProvider.logIn(page, subject, this::ann);
        for (var query : List.of(
                "",
                "?code=" + code,
                "?code=" + code + "&state=",
                "?code=" + code + "&state=' OR 1=1",
                "?code=" + code + "&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
            assertRefused(browser.get("/login/oidc/acme/callback" + query.replace(" ", "%20")));
        assertRefused(browser.arrive("closed", page, code)); // mixed up: the state is another provider's

        var other = browser.depart("acme", "/account");
        assertRefused(browser.arrive("acme", other, code)); // the code answers to another question: PKCE
        var denied = browser.depart("acme", "/account");
        assertRefused(browser.get("/login/oidc/acme/callback?error=access_denied&state="
                + TestProvider.parameters(denied.split("\\?", 2)[1]).get("state")));
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void anAnswerThatSaysItComesFromSomebodyElseIsNone() {
        var before = Standing.now();
        var page = browser.depart("acme", "/account");
        var code = TestProvider.logIn(page, subject, this::ann);
        assertRefused(browser.arrive("acme", page, code + "&iss=https://evil.example"));
        assertThat(Standing.now()).isEqualTo(before);
        var again = browser.depart("acme", "/account");
        var good = TestProvider.logIn(again, subject, this::ann);
        assertThat(browser.arrive("acme", again, good + "&iss=" + TestProvider.issuer("acme"))
                        .status())
                .isEqualTo(303);
    }

    @Test
    void theAccessTokenIsLookedAtWhereTheProviderHasSignedIt() {
        var page = browser.depart("acme", "/");
        var hash = Base64URL.encode(Arrays.copyOf(Opaque.hash(TestProvider.ACCESS_TOKEN), 16));
        var code = TestProvider.logIn(page, subject, about -> ann(about).claim("at_hash", hash.toString()));
        assertThat(browser.arrive("acme", page, code).status()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "//evil.example",
                "/\\evil.example",
                "/\t/evil.example",
                "account",
                "javascript:alert(1)",
                "/%0d%0aX: y\n",
                "",
                "/ evil"
            })
    void afterwardsTheBrowserStaysOnThisHost(String to) {
        var answer = browser.get("/login/oidc/acme?to=" + URLEncoder.encode(to, UTF_8));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo("to");
        assertThat(answer.header("Set-Cookie")).isEmpty();
    }

    @Test
    void pathsOfEveryFormAreComeBackTo() {
        var page = browser.depart("acme", "/100%25?a=b%23c%23d");
        var answer = browser.arrive("acme", page, TestProvider.logIn(page, subject, this::ann));
        assertThat(answer.header("Location")).isEqualTo("/100%?a=b#c#d");
    }

    @Test
    void aProviderThatThereIsNoneOfIsNotThere() {
        for (var path : List.of("/login/oidc/nobody", "/login/oidc/nobody/callback?state=x&code=y"))
            assertThat(browser.get(path).status()).isEqualTo(404);
    }

    @Test
    void keysThatTheProviderChangesAreFollowedAndNotAskedForWithoutEnd() {
        browser.logIn("turning", subject, this::ann);
        TestProvider.changeKey("turning");
        var later = new Browser(api);
        assertThat(later.logIn("turning", subject, this::ann).status()).isEqualTo(303);
        assertThat(later.email()).isEqualTo(email);
        assertThat(TestProvider.asked("/turning/jwks")).isEqualTo(2);
        for (var i = 0; i < 5; i++) {
            var page = browser.depart("turning", "/account");
            var strange = TestProvider.rsa();
            var code =
                    TestProvider.logIn(page, subject, this::ann, (claims, _) -> TestProvider.signed(claims, strange));
            assertRefused(browser.arrive("turning", page, code));
        }
        assertThat(TestProvider.asked("/turning/jwks")).isLessThanOrEqualTo(4);
    }

    @Test
    void rolesComeAndGoWithTheClaimAndThoseGivenHereStay() {
        owner.sql(
                        "INSERT INTO accounts.roles (name, permissions) VALUES ('clerk', '{}'), ('packer', '{}') ON CONFLICT DO NOTHING")
                .update();
        browser.logIn(
                "acme", subject, about -> ann(about).claim("realm", Map.of("groups", List.of("back-office", "admin"))));
        assertThat(roles()).containsExactly("clerk", "customer");
        owner.sql(
                        "INSERT INTO accounts.user_roles (user_id, role) SELECT id, 'packer' FROM accounts.users WHERE email = ?")
                .param(email)
                .update();
        new Browser(api).logIn("acme", subject, about -> ann(about).claim("realm", Map.of("groups", List.of())));
        assertThat(roles()).containsExactly("customer", "packer");
        assertThat(acts("users.roles")).isEqualTo(2);
    }

    @Test
    void whatDoesNotAnswerAsItShouldIsToldApartFromBadLoginsAndAskedNoWhereElse() {
        var asked = TestProvider.asked("/acme/.well-known/openid-configuration");
        for (var provider : List.of("down", "moved", "large", "nosy", "liar")) {
            var answer = browser.get("/login/oidc/" + provider);
            assertThat(answer.status()).as(provider).isEqualTo(503);
            assertThat(answer.at("/code")).isEqualTo("provider_unavailable");
            assertThat(answer.header("Retry-After")).isNotEmpty();
        }
        assertThat(TestProvider.asked("/acme/.well-known/openid-configuration")).isEqualTo(asked);
        var page = browser.depart("broken", "/account");
        assertThat(browser.arrive("broken", page, TestProvider.logIn(page, subject, this::ann))
                        .at("/code"))
                .isEqualTo("provider_unavailable");
        var ann = users.customer();
        assertThat(api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void triesWithoutSuccessCountForTheNetwork() {
        forgetNetworks();
        browser.logIn("acme", subject, this::ann);
        assertThat(networksThatCount()).isZero();
        assertRefused(browser.get("/login/oidc/acme/callback?state=x&code=y"));
        assertThat(networksThatCount()).isEqualTo(1);
        forgetNetworks();
        var page = browser.depart("broken", "/account");
        browser.arrive("broken", page, TestProvider.logIn(page, subject, this::ann));
        assertThat(networksThatCount()).isZero(); // nobody has looked at it
    }

    private void forgetNetworks() {
        owner.sql("DELETE FROM accounts.tries WHERE key LIKE 'network:%'").update();
    }

    private long networksThatCount() {
        return owner.sql(
                        "SELECT count(*) FROM accounts.tries WHERE key LIKE 'network:%' AND next_at > clock_timestamp()")
                .query(Long.class)
                .single();
    }

    private JWTClaimsSet.Builder ann(JWTClaimsSet.Builder about) {
        return about.claim("name", "Ann Lee").claim("email", email).claim("email_verified", true);
    }

    private List<String> roles() {
        return owner.sql(
                        "SELECT role FROM accounts.user_roles JOIN accounts.users u ON u.id = user_id WHERE email = ? ORDER BY role")
                .param(email)
                .query(String.class)
                .list();
    }

    private long acts(String action) {
        return owner.sql("""
                        SELECT count(*) FROM auditlog.acts
                        WHERE action = :action
                          AND subject = (SELECT 'user:' || id FROM accounts.users WHERE email = :email)
                        """)
                .param("action", action)
                .param("email", email)
                .query(Long.class)
                .single();
    }

    private static void assertRefused(Api.Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("login_refused");
        assertThat(answer.at("/detail")).isEqualTo("The login at the provider has come to nothing. Start again.");
        assertThat(Browser.setCookies(answer)).isEmpty();
    }
}
