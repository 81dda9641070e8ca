package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.text.ParseException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Tokens that we have not issued, or not for this, in the ways that RFC 8725 warns of: 401 with one answer for all. */
@KontorTest
class ForgedTokensTest {
    private static RSAKey forgersKey;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    SigningKeys keys;

    @Autowired
    AccessTokens tokens;

    private TestUser victim;

    @BeforeAll
    static void equipForger() throws JOSEException {
        forgersKey = new RSAKeyGenerator(2048).keyID("forger").generate();
    }

    @BeforeEach
    void chooseVictim() {
        victim = users.customer();
    }

    @Test
    void aTokenMadeLikeOursIsGood() throws Exception {
        assertThat(api.as(signed(header -> {}, claims -> {})).get("/users/me").at("/id"))
                .isEqualTo(Long.toString(victim.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "HS256", "RS384", "PS256", "ES256", "RS256 ", ""})
    void otherAlgorithmsAreRefused(String algorithm) {
        var header = encoded("{\"alg\":\"%s\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}"
                .formatted(algorithm, keys.signing().id()));
        var claims = part(victim.token(), 1);
        assertRefused(header + "." + claims + ".");
        assertRefused(header + "." + claims + "." + part(victim.token(), 2));
        assertRefused(header + "." + claims + ".AA");
    }

    @Test
    void otherAlgorithmsWithOurKeyAreRefused() throws Exception {
        for (var algorithm : List.of(JWSAlgorithm.RS384, JWSAlgorithm.RS512, JWSAlgorithm.PS256))
            assertRefused(signed(
                    new JWSHeader.Builder(algorithm)
                            .type(new JOSEObjectType("at+jwt"))
                            .keyID(keys.signing().id())
                            .build(),
                    claims().build(),
                    keys.signing().signer()));
    }

    @Test
    void ourPublicKeyIsNoSecretToSignWith() throws Exception {
        var publicKey = ourPublicKey();
        var der = publicKey.toRSAPublicKey().getEncoded();
        var pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END PUBLIC KEY-----\n";
        for (var secret : List.of(
                der,
                pem.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                publicKey.getModulus().decode()))
            assertRefused(signed(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .type(new JOSEObjectType("at+jwt"))
                            .keyID(keys.signing().id())
                            .build(),
                    claims().build(),
                    new MACSigner(secret)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forger",
                "../../../dev/null",
                "/dev/null",
                "x' UNION SELECT 'key' --",
                "",
                "\u0000",
                "http://localhost/key"
            })
    void keysThatAreNotOursAreRefused(String keyId) throws Exception {
        assertRefused(signed(header -> header.keyID(keyId), claims -> {}, new RSASSASigner(forgersKey)));
        assertRefused(signed(
                header -> header.keyID(keyId), claims -> {}, keys.signing().signer()));
    }

    @Test
    void ourKeyIdDoesNotMakeAForgersKeyOurs() throws Exception {
        assertRefused(signed(header -> {}, claims -> {}, new RSASSASigner(forgersKey)));
        assertRefused(signed(header -> header.keyID(null), claims -> {}));
    }

    @Test
    void keysThatATokenBringsAlongAreNotUsed() throws Exception {
        var forger = new RSASSASigner(forgersKey);
        for (var keyId : List.of("forger", keys.signing().id())) {
            assertRefused(signed(header -> header.keyID(keyId).jwk(forgersKey.toPublicJWK()), claims -> {}, forger));
            assertRefused(signed(
                    header -> header.keyID(keyId).jwkURL(URI.create("http://localhost:1/jwks")), claims -> {}, forger));
            assertRefused(signed(
                    header -> header.keyID(keyId).x509CertURL(URI.create("http://localhost:1/x")),
                    claims -> {},
                    forger));
        }
    }

    @Test
    void headersThatMustBeUnderstoodAreRefused() throws Exception {
        assertRefused(
                signed(header -> header.criticalParams(Set.of("urgent")).customParam("urgent", true), claims -> {}));
    }

    @Test
    void tokensForOtherUsesAreRefused() throws Exception {
        for (var type : List.of("JWT", "id+jwt", "rt+jwt", "application/at+jwt2", "logout+jwt"))
            assertRefused(signed(header -> header.type(new JOSEObjectType(type)), claims -> {}));
        assertRefused(signed(header -> header.type(null), claims -> {}));
    }

    @Test
    void tokensOfOrForOthersAreRefused() throws Exception {
        assertRefused(signed(header -> {}, claims -> claims.issuer("https://elsewhere.example")));
        assertRefused(signed(header -> {}, claims -> claims.issuer(null)));
        assertRefused(signed(header -> {}, claims -> claims.audience("elsewhere")));
        assertRefused(signed(header -> {}, claims -> claims.audience(List.of("kontor", "elsewhere"))));
        assertRefused(signed(header -> {}, claims -> claims.audience((String) null)));
    }

    @Test
    void tokensOutOfTheirTimeAreRefused() throws Exception {
        assertRefused(signed(header -> {}, claims -> claims.expirationTime(inSeconds(-61))));
        assertRefused(signed(header -> {}, claims -> claims.notBeforeTime(inSeconds(61))));
        assertRefused(signed(header -> {}, claims -> claims.expirationTime(null)));
        assertRefused(signed(header -> {}, claims -> claims.notBeforeTime(null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "+1", "01", "1.0", "abc", "", "99999999999999999999", "1 OR 1=1"})
    void subjectsThatAreNoUsersAreRefused(String subject) throws Exception {
        assertRefused(signed(header -> {}, claims -> claims.subject(subject)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "00000000-0000-0000-0000-000000000000",
                "x' OR '1'='1",
                "................................-..."
            })
    void sessionsThatThereAreNotAreRefused(String session) throws Exception {
        assertRefused(signed(header -> {}, claims -> claims.claim("sid", session)));
        assertRefused(signed(header -> {}, claims -> claims.claim("sid", null)));
    }

    @Test
    void sessionsOfOthersAreRefused() throws Exception {
        var other = sessionOf(users.customer().token());
        assertRefused(signed(header -> {}, claims -> claims.claim("sid", other)));
    }

    @Test
    void refreshTokensAndWhatElseWeGiveOutAreRefused() {
        var login = api.post("/login", Map.of("email", victim.email(), "password", TestUsers.PASSWORD));
        assertRefused(login.at("/refresh_token"));
        assertRefused(Opaque.random());
    }

    @Test
    void usersThatDoNotExistAreRefused() throws Exception {
        assertRefused(signed(header -> {}, claims -> claims.subject("999999999999999999")));
        assertRefused(signed(header -> {}, claims -> claims.subject(null)));
    }

    @Test
    void claimsThatAreWrittenTwiceAreRefused() throws Exception {
        var admin = users.admin();
        var claims = claims().build().toString();
        var twice = claims.substring(0, claims.length() - 1) + ",\"sub\":\"" + admin.id() + "\"}";
        assertRefused(signed(new Payload(twice)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "5",
                "{",
                "\"text\"",
                "{\"exp\":\"soon\"}",
                "{\"exp\":1e400}",
                "{\"sub\":{}}",
                "{\"aud\":5}"
            })
    void claimsThatAreNoClaimsAreRefused(String payload) throws Exception {
        assertRefused(signed(new Payload(payload)));
    }

    @Test
    void alteredTokensAreRefused() {
        var token = victim.token();
        var claims = new String(Base64URL.from(part(token, 1)).decode(), java.nio.charset.StandardCharsets.UTF_8);
        var promoted = Base64URL.encode(claims.replace("customer", "admin")).toString();
        assertRefused(part(token, 0) + "." + promoted + "." + part(token, 2));
        assertRefused(token.substring(0, token.length() - 1));
        assertRefused(token.substring(1));
        assertRefused(token + "A");
        assertRefused(token + "=");
        assertRefused(token + ".");
        assertRefused("." + token);
        assertRefused(token + "." + part(token, 2));
        assertRefused(token + "..");
        assertRefused(token.replace('.', ' '));
    }

    @Test
    void aTokenCanBeWrittenInOneWayOnly() {
        var token = victim.token();
        var last = token.charAt(token.length() - 1);
        for (var c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray())
            if (c != last)
                assertThat(tokens.verify(token.substring(0, token.length() - 1) + c))
                        .isEmpty();
    }

    @Test
    void longTokensAreRefusedBeforeTheyAreRead() {
        assertRefused("a".repeat(5_000) + "." + "b".repeat(5_000) + "." + "c".repeat(3_000));
        assertThat(tokens.verify("a".repeat(500_000) + "." + "b".repeat(500_000) + ".c"))
                .isEmpty();
    }

    @Test
    void badTokensAreRefusedWhereGuestsAreWelcomeToo() {
        var answer = api.as("forged").get("/.well-known/jwks.json");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("invalid_token");
        var registration = TestUsers.somebody();
        assertThat(api.as("forged").post("/users", registration).status()).isEqualTo(401);
        assertThat(api.post("/users", registration).status()).isEqualTo(201); // nothing had been written
    }

    @Test
    void emptyAndDoubledHeadersAreRefused() {
        for (var header : List.of(
                "Bearer",
                "Bearer ",
                "bearer",
                "Bearer\t" + victim.token(),
                "Bearer  " + victim.token(),
                "Bearer," + victim.token(),
                "Bearer" + victim.token())) assertSameRefusal(api.get("/users/me", "Authorization", header));
        var good = "Bearer " + victim.token();
        assertSameRefusal(api.get("/users/me", "Authorization", good, "Authorization", good));
        assertSameRefusal(api.get("/users/me", "Authorization", "Basic YTpi", "Authorization", good));
    }

    @Test
    void theSchemeIsReadInAnyCase() {
        assertThat(api.get("/users/me", "Authorization", "bEARER " + victim.token())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void tokensOutsideTheHeaderAreNotRead() {
        for (var path : List.of("/users/me?access_token=", "/users/me?token=", "/users/me?Authorization=Bearer%20")) {
            var answer = api.get(path + victim.token());
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.at("/code")).isEqualTo("unauthorized");
        }
        assertThat(api.get("/users/me", "Cookie", "access_token=" + victim.token())
                        .status())
                .isEqualTo(401);
    }

    private void assertRefused(String token) {
        assertSameRefusal(api.as(token).get("/users/me"));
    }

    private void assertSameRefusal(Api.Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(withoutRequestId(answer))
                .isEqualTo(withoutRequestId(api.as("nonsense").get("/users/me")));
        assertThat(answer.at("/code")).isEqualTo("invalid_token");
    }

    private static Map<String, Object> withoutRequestId(Api.Answer answer) {
        var members = new LinkedHashMap<String, Object>();
        answer.json().properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        assertThat(members.remove("request_id")).isNotNull();
        return members;
    }

    private String signed(Consumer<JWSHeader.Builder> header, Consumer<JWTClaimsSet.Builder> claims)
            throws JOSEException {
        return signed(header, claims, keys.signing().signer());
    }

    private String signed(Consumer<JWSHeader.Builder> header, Consumer<JWTClaimsSet.Builder> claims, JWSSigner signer)
            throws JOSEException {
        var headers = header();
        header.accept(headers);
        var said = claims();
        claims.accept(said);
        return signed(headers.build(), said.build(), signer);
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
        var token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    private String signed(Payload payload) throws JOSEException {
        var token = new JWSObject(header().build(), payload);
        token.sign(keys.signing().signer());
        return token.serialize();
    }

    private JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(keys.signing().id());
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer("kontor")
                .audience("kontor")
                .subject(Long.toString(victim.id()))
                .claim("sid", sessionOf(victim.token()))
                .notBeforeTime(inSeconds(-1))
                .expirationTime(inSeconds(600));
    }

    private static String sessionOf(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet().getStringClaim("sid");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private RSAKey ourPublicKey() throws Exception {
        var published = api.get("/.well-known/jwks.json").json().get("keys").get(0);
        return RSAKey.parse(published.toString());
    }

    private static Date inSeconds(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private static String part(String token, int number) {
        return List.of(token.split("\\.")).get(number);
    }

    private static String encoded(String json) {
        return Base64URL.encode(json).toString();
    }
}
