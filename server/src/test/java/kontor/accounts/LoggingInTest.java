package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.userdetails.UserDetailsService;

@KontorTest
class LoggingInTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ApplicationContext context;

    private TestUser ann;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
    }

    @Test
    void givesATokenThatOpensOnesOwnRecord() {
        var answer = login(ann.email(), TestUsers.PASSWORD);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/token_type")).isEqualTo("Bearer");
        assertThat(answer.json().get("expires_in").asInt()).isEqualTo(900);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        var me = api.as(answer.at("/access_token")).get("/users/me");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.at("/email")).isEqualTo(ann.email());
    }

    @Test
    void takesTheAddressInAnyCaseAndThePasswordInItsOwn() {
        assertThat(login(ann.email().toUpperCase(Locale.ROOT), TestUsers.PASSWORD)
                        .status())
                .isEqualTo(200);
        assertThat(login(ann.email(), TestUsers.PASSWORD.toUpperCase(Locale.ROOT))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void readsAPasswordToItsEnd() {
        var long128 = "correct horse battery staple, ".repeat(5).substring(0, 128);
        var email = register(long128);
        assertThat(login(email, long128).status()).isEqualTo(200);
        assertThat(login(email, long128.substring(0, 72)).status()).isEqualTo(401);
        assertThat(login(email, long128.substring(0, 127)).status()).isEqualTo(401);
        assertThat(login(email, long128 + "x").status()).isEqualTo(401);
    }

    @Test
    void takesThePasswordHoweverTheKeyboardComposesItsCharacters() {
        var email = register("caf\u00e9 au lait, twice");
        assertThat(login(email, "cafe\u0301 au lait, twice").status()).isEqualTo(200);
        assertThat(login(email, "cafe au lait, twice").status()).isEqualTo(401);
    }

    @Test
    void saysTheSameForEveryKindOfWrong() {
        var wrongPassword = withoutRequestId(login(ann.email(), "not the password"));
        assertThat(wrongPassword).containsEntry("code", "invalid_credentials").containsEntry("status", "401");
        for (var wrong : List.of(
                login("nobody@example.org", TestUsers.PASSWORD),
                login("", ""),
                login(ann.email(), ""),
                login(ann.email(), " "),
                login(ann.email() + " ", TestUsers.PASSWORD),
                login("a".repeat(10_000), TestUsers.PASSWORD),
                login(ann.email(), TestUsers.PASSWORD.repeat(10_000)),
                login("' OR 1=1 --", "' OR '1'='1"),
                login("*)(uid=*", "*"),
                login(ann.email() + "\u0000", TestUsers.PASSWORD),
                login(ann.email(), "\u0000"),
                login("admin", "admin"),
                login("root", "root"),
                login("user", "password"),
                login("admin@kontor.local", "admin"),
                api.post("/login", "{}"),
                api.post("/login", "{\"email\": null, \"password\": null}")))
            assertThat(withoutRequestId(wrong)).isEqualTo(wrongPassword);
    }

    @Test
    void refusesWhatIsNoLogin() {
        assertThat(api.post("/login", "[]").status()).isEqualTo(400);
        assertThat(api.post("/login", "").status()).isEqualTo(400);
        assertThat(api.post("/login", "{\"email\": [\"%s\"], \"password\": true}".formatted(ann.email()))
                        .status())
                .isEqualTo(422);
        var extra = api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "role", "admin"));
        assertThat(extra.status()).isEqualTo(422);
        assertThat(extra.at("/errors/0/field")).isEqualTo("role");
        assertThat(api.put("/login", "{}").status()).isEqualTo(405);
    }

    @Test
    void signsTokensThatOthersCanVerifyWithThePublishedKeys() throws Exception {
        var token = SignedJWT.parse(login(ann.email(), TestUsers.PASSWORD).at("/access_token"));
        var published = api.get("/.well-known/jwks.json");
        assertThat(published.header("Cache-Control")).contains("max-age=300").contains("public");
        var keys = JWKSet.parse(published.text());
        assertThat(keys.containsNonPublicKeys()).isFalse();
        assertThat(published.text()).doesNotContain("\"d\"", "\"p\"", "\"q\"");
        var key = keys.getKeyByKeyId(token.getHeader().getKeyID()).toRSAKey();
        assertThat(token.verify(new RSASSAVerifier(key))).isTrue();
        assertThat(token.getHeader().getType().getType()).isEqualTo("at+jwt");
        var claims = token.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("kontor");
        assertThat(claims.getAudience()).containsExactly("kontor");
        assertThat(claims.getSubject()).isEqualTo(Long.toString(ann.id()));
        assertThat(claims.getStringListClaim("roles")).containsExactly("customer");
        assertThat(claims.getJWTID()).isNotEmpty();
        assertThat(claims.getExpirationTime().toInstant())
                .isEqualTo(claims.getIssueTime().toInstant().plusSeconds(900));
    }

    @Test
    void hashesAPasswordAnewThatWasHashedMoreWeaklyThanToday() {
        var weak = new org.springframework.security.crypto.argon2.Argon2PasswordEncoder(16, 32, 1, 32, 1)
                .encode(TestUsers.PASSWORD);
        jdbc.sql("UPDATE accounts.users SET password_hash = ? WHERE id = ?")
                .params(weak, ann.id())
                .update();
        assertThat(login(ann.email(), "not the password").status()).isEqualTo(401);
        assertThat(hashOf(ann)).isEqualTo(weak);
        assertThat(login(ann.email(), TestUsers.PASSWORD).status()).isEqualTo(200);
        assertThat(hashOf(ann)).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
        assertThat(login(ann.email(), TestUsers.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void knowsNoUserThatSpringBootMakesUp() {
        assertThat(context.getBeanProvider(UserDetailsService.class).stream()).isEmpty();
        assertThat(api.get("/users/me", "Authorization", "Basic dXNlcjpwYXNzd29yZA==")
                        .status())
                .isEqualTo(401);
    }

    private Api.Answer login(String email, String password) {
        return api.post("/login", Map.of("email", email, "password", password));
    }

    private String register(String password) {
        var somebody = TestUsers.somebody();
        var email = String.valueOf(somebody.email());
        var answer = api.post("/users", Map.of("name", "Ann", "email", email, "password", password));
        assertThat(answer.status()).isEqualTo(201);
        return email;
    }

    private String hashOf(TestUser user) {
        return jdbc.sql("SELECT password_hash FROM accounts.users WHERE id = ?")
                .param(user.id())
                .query(String.class)
                .single();
    }

    private static Map<String, String> withoutRequestId(Api.Answer answer) {
        var members = new LinkedHashMap<String, String>();
        answer.json()
                .properties()
                .forEach(
                        member -> members.put(member.getKey(), member.getValue().asString()));
        assertThat(members.remove("request_id")).isNotNull();
        return members;
    }
}
