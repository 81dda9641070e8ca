package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.TestProvider;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.oauth.TestClients;
import kontor.accounts.sessions.Opaque;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * People of one Kontor log in at another: that is the OpenID provider, and this server its client. Nothing between the two
 * but HTTP; the browser finds this server under its public address.
 */
@KontorTest
class LoggingInAtAnotherKontorTest {
    private static final String DATABASE = "another_kontor";
    private static final String HERE = "https://shop.example";
    private static final String CALLBACK = HERE + "/login/oidc/kontor/callback";

    @TempDir
    static Path folder;

    private static OwnGateway gateway;
    private static OwnServer other;

    @Autowired
    Api api;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser ann;
    private Browser here;
    private Browser there;

    @BeforeAll
    static void startTheOther() throws IOException {
        gateway = OwnGateway.besideServerAt(TestProvider.OTHER_KONTOR.getPort(), folder);
        other = new OwnServer(
                TestDatabase.another(DATABASE),
                gateway,
                folder.resolve("server"),
                "--kontor.accounts.public-url=" + TestProvider.OTHER_KONTOR);
        var made = other.staff()
                .post(
                        "/oauth-clients",
                        Map.of(
                                "name", "The shop",
                                "redirect_uris", List.of(CALLBACK),
                                "grant_types", List.of("authorization_code"),
                                "scopes", List.of("openid", "profile", "email")));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        // This server was told its name and secret there when it started, before the other gave any.
        assertThat(database()
                        .sql("UPDATE accounts.oauth_clients SET id = ?, secret_hash = ? WHERE id = CAST(? AS uuid)")
                        .params(
                                TestProvider.CLIENT_AT_OTHER_KONTOR,
                                Opaque.hash(TestProvider.SECRET_AT_OTHER_KONTOR),
                                made.at("/client/id"))
                        .update())
                .isEqualTo(1);
    }

    @AfterAll
    static void stopTheOther() throws IOException {
        other.close();
        gateway.close();
    }

    @BeforeEach
    void openAnAccountThere() {
        ann = other.bean(TestUsers.class).customer();
        database()
                .sql("UPDATE accounts.users SET email_verified_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        openBrowsers();
    }

    @Test
    void aFirstLoginMakesAUserAndTheNextFindsThemByIssuerAndSubject() {
        var question = consentPage();
        assertThat(question.text()).contains("Let The shop in?", "see your e-mail address", HERE);
        var arrived = comeBack(answer(question));
        assertThat(arrived.status()).as(arrived.text()).isEqualTo(303);
        assertThat(arrived.header("Location")).isEqualTo("/account");
        var me = here.get("/users/me");
        assertThat(me.at("/email")).isEqualTo(ann.email());
        assertThat(me.at("/name")).isEqualTo(ann.name());
        assertThat(owner.sql("SELECT issuer || ' ' || subject FROM accounts.identities WHERE user_id = ?")
                        .param(Long.valueOf(me.at("/id")))
                        .query(String.class)
                        .list())
                .containsExactly(TestProvider.OTHER_KONTOR + " " + ann.id());

        database()
                .sql("UPDATE accounts.users SET email = 'new.' || email WHERE id = ?")
                .param(ann.id())
                .update();
        var before = Standing.now();
        here = new Browser(api);
        var back = depart(); // logged in there still, and asked nothing more
        assertThat(comeBack(back).status()).isEqualTo(303);
        assertThat(here.get("/users/me").at("/id")).isEqualTo(me.at("/id"));
        assertThat(here.email()).isEqualTo(ann.email());
        assertThat(Standing.now())
                .isEqualTo(new Standing(before.users(), before.identities(), before.roles(), before.sessions() + 1));
    }

    @Test
    void whoRefusesThereDoesNotGetInHere() {
        var before = Standing.now();
        var refused = comeBack(answer(consentPage(), "refuse"));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.at("/code")).isEqualTo("login_refused");
        assertThat(Standing.now()).isEqualTo(before);
    }

    @Test
    void whoHasLoggedOutThereLogsInThereAgain() {
        comeBack(answer(consentPage()));
        assertThat(there.send("POST", "/logout", null).status()).isEqualTo(204);
        here = new Browser(api);
        assertThat(depart().header("Location")).startsWith("/login?continue=");
        assertThat(here.get("/users/me").status()).isEqualTo(401);
    }

    @Test
    void aCodeIsGoodForNothingOnceItsUserHasLoggedOutThere() {
        var code = answer(consentPage());
        assertThat(there.send("POST", "/logout", null).status()).isEqualTo(204);
        assertRefused(code);
    }

    @Test
    void whoIsDisabledThereDoesNotGetInHere() {
        comeBack(answer(consentPage()));
        here = new Browser(api);
        var code = depart();
        assertThat(code.header("Location")).startsWith(CALLBACK + "?");
        assertThat(other.staff().post("/users/" + ann.id() + "/disable", null).status())
                .isEqualTo(200);
        assertRefused(code);

        openBrowsers();
        var toLogin = depart();
        var login = logIn(there.get(toLogin.header("Location")));
        assertThat(login.status()).isEqualTo(401);
        assertThat(login.header("Location")).isEmpty();
        assertThat(here.get("/users/me").status()).isEqualTo(401);
    }

    private void assertRefused(Api.Answer code) {
        var before = Standing.now();
        var refused = comeBack(code);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.at("/code")).isEqualTo("login_refused");
        assertThat(Standing.now()).isEqualTo(before);
    }

    private void openBrowsers() {
        here = new Browser(api);
        there = new Browser(other.bean(Api.class));
    }

    /** @return where the other server sends the browser that comes from here */
    private Api.Answer depart() {
        var page = here.depart("kontor", "/account");
        assertThat(page).startsWith(TestProvider.OTHER_KONTOR + "/oauth2/authorize?");
        return there.get(page.substring(TestProvider.OTHER_KONTOR.toString().length()));
    }

    /** Departs, and logs in there. */
    private Api.Answer consentPage() {
        var login = logIn(there.get(depart().header("Location")));
        assertThat(login.status()).as(login.text()).isEqualTo(303);
        var toConsent = there.get(login.header("Location"));
        return there.get(toConsent.header("Location"));
    }

    private Api.Answer logIn(Api.Answer page) {
        var fields = fields(page);
        fields.put("email", List.of(ann.email()));
        fields.put("password", List.of(TestUsers.PASSWORD));
        return there.form("/login/form", fields);
    }

    private Api.Answer answer(Api.Answer question) {
        return answer(question, "allow");
    }

    private Api.Answer answer(Api.Answer question, String decision) {
        var fields = fields(question);
        fields.put("scope", List.of("openid", "profile", "email"));
        fields.put("decision", List.of(decision));
        return there.form("/oauth2/authorize", fields);
    }

    private Api.Answer comeBack(Api.Answer answer) {
        assertThat(answer.header("Location")).startsWith(CALLBACK + "?");
        return here.get(answer.header("Location").substring(HERE.length()));
    }

    private static Map<String, List<String>> fields(Api.Answer page) {
        var fields = new HashMap<String, List<String>>();
        TestClients.fields(page).forEach((name, value) -> fields.put(name, List.of(value)));
        return fields;
    }

    private static JdbcClient database() {
        return JdbcClient.create(TestDatabase.superuserOf(DATABASE));
    }
}
