package kontor;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kontor.accounts.sessions.Opaque;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * OpenID providers that the server under test sends people to, a few at one address: {@code acme}, which makes users, and
 * {@code closed}, which makes none; and some that are not as they should be.
 */
public final class TestProvider {
    public static final String CLIENT = "kontor-tests";
    public static final String SECRET = "the secret of the client of all tests";
    public static final String ACCESS_TOKEN = "an-access-token";
    /** Another Kontor as the provider {@code kontor}: its issuer, and what the server under test says to be there. */
    public static final URI OTHER_KONTOR = URI.create("http://localhost:" + FreePort.next());

    public static final UUID CLIENT_AT_OTHER_KONTOR = UUID.randomUUID();
    public static final String SECRET_AT_OTHER_KONTOR = Opaque.random();
    private static final String CALLBACK = "https://shop.example/login/oidc/";
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, Grant> GRANTS = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();
    private static final Map<String, JWK> KEYS = new ConcurrentHashMap<>();

    private TestProvider() {}

    /** What one login at a provider leaves there, until its code is brought. */
    private record Grant(Map<String, String> asked, JWTClaimsSet claims, IdToken token) {}

    /** Makes the ID token of a login from the claims that it is to have and the key that the provider signs with. */
    public interface IdToken {
        String of(JWTClaimsSet claims, JWK key) throws JOSEException;
    }

    /** The address that a provider calls itself by. */
    public static String issuer(String name) {
        return "http://127.0.0.1:" + Holder.SERVER.getAddress().getPort() + "/" + name;
    }

    /** Somebody logs in on the page that a browser was sent to. @return the code that they are sent back with */
    public static String logIn(String page, String subject, UnaryOperator<JWTClaimsSet.Builder> about) {
        return logIn(page, subject, about, TestProvider::signed);
    }

    public static String logIn(String page, String subject, UnaryOperator<JWTClaimsSet.Builder> about, IdToken token) {
        var uri = URI.create(page);
        var asked = parameters(uri.getRawQuery());
        var name = uri.getPath().split("/", -1)[1];
        var now = Instant.now();
        var claims = about.apply(new JWTClaimsSet.Builder()
                        .issuer(issuer(name))
                        .subject(subject)
                        .audience(asked.get("client_id"))
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(300)))
                        .claim("nonce", asked.get("nonce")))
                .build();
        var code = UUID.randomUUID().toString();
        GRANTS.put(code, new Grant(asked, claims, token));
        return code;
    }

    /** As everybody's are. */
    public static String signed(JWTClaimsSet claims, JWK key) throws JOSEException {
        return signed(claims, key, key instanceof ECKey ? JWSAlgorithm.ES256 : JWSAlgorithm.RS256);
    }

    public static String signed(JWTClaimsSet claims, JWK key, JWSAlgorithm algorithm) throws JOSEException {
        JWSSigner signer = algorithm.equals(JWSAlgorithm.HS256)
                ? new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8))
                : key instanceof ECKey curve ? new ECDSASigner(curve) : new RSASSASigner(key.toRSAKey());
        var jwt = new SignedJWT(
                new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    public static String unsigned(JWTClaimsSet claims) {
        return new PlainJWT(claims).serialize();
    }

    /** From now on a provider signs with another key, of elliptic curves, and publishes that one alone. */
    public static void changeKey(String name) {
        try {
            KEYS.put(
                    name,
                    new ECKeyGenerator(Curve.P_256)
                            .keyID(UUID.randomUUID().toString())
                            .generate());
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static JWK keyOf(String name) {
        return KEYS.computeIfAbsent(name, _ -> rsa());
    }

    public static JWK rsa() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** How often something was asked for, such as {@code /acme/jwks}. */
    public static int asked(String path) {
        return ASKED.getOrDefault(path, new AtomicInteger()).get();
    }

    /** The settings of the server under test. */
    public static List<String> settings() {
        return Stream.of(
                        provider(
                                "acme",
                                issuer("acme"),
                                "role-claim=realm.groups",
                                "roles.clerk=clerks,back-office",
                                "roles.admin=directors"),
                        provider("closed", issuer("closed"), "create-users=false"),
                        provider("turning", issuer("turning")),
                        provider("moved", issuer("moved")),
                        provider("large", issuer("large")),
                        provider("nosy", issuer("nosy")),
                        provider("liar", issuer("liar")),
                        provider("broken", issuer("broken")),
                        provider("down", "http://127.0.0.1:1/down"),
                        otherKontor())
                .flatMap(settings -> settings)
                .toList();
    }

    /** It is started by the one test that needs it, so that nothing but its address is there before. */
    private static Stream<String> otherKontor() {
        return Stream.of(
                        "issuer=" + OTHER_KONTOR,
                        "client-id=" + CLIENT_AT_OTHER_KONTOR,
                        "client-secret=" + SECRET_AT_OTHER_KONTOR,
                        "redirect-uri=" + CALLBACK + "kontor/callback")
                .map(setting -> "kontor.accounts.oidc.kontor." + setting);
    }

    private static Stream<String> provider(String name, String issuer, String... more) {
        var usual = Stream.of(
                "issuer=" + issuer,
                "client-id=" + CLIENT,
                "client-secret=" + SECRET,
                "redirect-uri=" + CALLBACK + name + "/callback");
        return Stream.concat(usual, Stream.of(more)).map(setting -> "kontor.accounts.oidc." + name + "." + setting);
    }

    private static void answer(HttpExchange call) throws IOException {
        var path = call.getRequestURI().getPath();
        ASKED.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
        var name = path.split("/", -1)[1];
        switch (path.substring(name.length() + 1)) {
            case "/.well-known/openid-configuration" -> describe(call, name);
            case "/jwks" -> send(call, 200, new JWKSet(keyOf(name)).toString());
            case "/token" -> exchange(call, name);
            case "/userinfo" -> send(call, 200, JSON.writeValueAsString(Map.of("sub", "somebody else")));
            default -> send(call, 404, "{}");
        }
    }

    private static void describe(HttpExchange call, String name) throws IOException {
        if (name.equals("moved")) {
            call.getResponseHeaders().set("Location", issuer("acme") + "/.well-known/openid-configuration");
            send(call, 302, "");
            return;
        }
        var issuer = issuer(name);
        var about = new TreeMap<String, Object>(Map.of(
                "issuer",
                name.equals("liar") ? issuer("acme") : issuer,
                "authorization_endpoint",
                issuer + "/authorize",
                "token_endpoint",
                name.equals("nosy") ? "http://127.0.0.1:22/token" : issuer + "/token",
                "jwks_uri",
                issuer + "/jwks",
                "userinfo_endpoint",
                issuer + "/userinfo",
                "response_types_supported",
                List.of("code"),
                "subject_types_supported",
                List.of("public"),
                "id_token_signing_alg_values_supported",
                List.of("RS256", "ES256")));
        if (name.equals("large")) about.put("service_documentation", "https://x.example/" + "x".repeat(70_000));
        send(call, 200, JSON.writeValueAsString(about));
    }

    private static void exchange(HttpExchange call, String name) throws IOException {
        if (name.equals("broken")) {
            send(call, 500, "{}");
            return;
        }
        var form = parameters(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        var grant = GRANTS.remove(form.getOrDefault("code", ""));
        var login = Base64.getEncoder()
                .encodeToString((CLIENT + ":" + SECRET.replace(' ', '+')).getBytes(StandardCharsets.UTF_8));
        if (!("Basic " + login).equals(call.getRequestHeaders().getFirst("Authorization"))) {
            send(call, 401, "{\"error\": \"invalid_client\"}");
        } else if (grant == null || !isFor(grant.asked(), form)) {
            send(call, 400, "{\"error\": \"invalid_grant\"}");
        } else {
            try {
                send(
                        call,
                        200,
                        JSON.writeValueAsString(Map.of(
                                "access_token",
                                ACCESS_TOKEN,
                                "token_type",
                                "Bearer",
                                "id_token",
                                grant.token().of(grant.claims(), keyOf(name)))));
            } catch (JOSEException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static boolean isFor(Map<String, String> asked, Map<String, String> form) {
        var verifier = form.get("code_verifier");
        return "S256".equals(asked.get("code_challenge_method"))
                && verifier != null
                && CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(verifier))
                        .getValue()
                        .equals(asked.get("code_challenge"))
                && Objects.equals(asked.get("redirect_uri"), form.get("redirect_uri"));
    }

    public static Map<String, String> parameters(@Nullable String query) {
        var parameters = new TreeMap<String, String>();
        URLUtils.parseParameters(query).forEach((name, values) -> parameters.put(name, values.getFirst()));
        return parameters;
    }

    private static void send(HttpExchange call, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        call.getResponseHeaders().set("Content-Type", "application/json");
        call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (var out = call.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static final class Holder {
        static final HttpServer SERVER = start();

        private static HttpServer start() {
            try {
                var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext("/", TestProvider::answer);
                server.setExecutor(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("test-provider-", 0).factory()));
                server.start();
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Tells the server under test where its providers are. */
    static class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(settings()).applyTo(context);
        }
    }
}
