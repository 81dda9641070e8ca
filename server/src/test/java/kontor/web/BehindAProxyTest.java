package kontor.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.Api;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.web.filter.OncePerRequestFilter;

/** A server of its own that stands behind a proxy, with limits that a test reaches: few requests, little patience. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "kontor.accounts.argon2-memory=64KB",
            "kontor.accounts.argon2-passes=1",
            "kontor.payments.stripe.secret-key=sk_test_behind_a_proxy",
            "kontor.payments.stripe.webhook-secrets=whsec_of_all_tests",
            "kontor.payments.stripe.api-base=http://localhost:1",
            "kontor.web.requests-per-second=1",
            "kontor.web.burst=" + BehindAProxyTest.BURST,
            "kontor.web.trusted-proxies=127.0.0.1,::1",
            "kontor.web.cors-origins=" + BehindAProxyTest.SHOP + ",http://localhost:3000",
            "server.tomcat.connection-timeout=1s",
        })
@ContextConfiguration(initializers = BehindAProxyTest.Initializer.class)
@Import(BehindAProxyTest.Failing.class)
@DirtiesContext
class BehindAProxyTest {
    static final int BURST = 3;
    static final String SHOP = "https://shop.example";
    private static final AtomicInteger GUESTS = new AtomicInteger();

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    private final String guest = "198.51.100." + GUESTS.incrementAndGet();

    @Test
    void refusesTheRequestThatIsOneTooManyAndSaysWhenToComeAgain() {
        var answer = exhaust(guest);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.at("/code")).isEqualTo("rate_limited");
        assertThat(answer.at("/request_id")).isEqualTo(answer.header("X-Request-Id"));
    }

    @Test
    void countsEachGuestOfTheProxyByItself() {
        exhaust(guest);
        assertThat(from("203.0.113.1", "/products").status()).isEqualTo(200);
    }

    @Test
    void believesOnlyWhatTheProxySaysAndNotWhatTheGuestWroteBefore() {
        var answer = from("203.0.113.100, " + guest, "/products");
        for (var i = 0; i < 3 * BURST && answer.status() == 200; i++)
            answer = from("203.0.113." + (101 + i) + ", " + guest, "/products");
        assertThat(answer.status()).isEqualTo(429);
    }

    /** A token that is good and not known yet is refused as well, which shows that nobody has looked at it. */
    @Test
    void looksAtNoMoreTokensFromWhereTooManyBadOnesCame() {
        var known = users.customer().token();
        assertThat(withToken(known, "203.0.113.200").status()).isEqualTo(200);
        for (var bad :
                List.of("forged", "kontor_" + "A".repeat(43), users.customer().token() + "A")) {
            for (var i = 0; i < BURST; i++)
                assertThat(withToken(bad, guest).status()).isIn(401, 429);
            assertThat(exhaustByToken(bad)).isEqualTo(429);
        }
        var refused = 0;
        // Meanwhile a second may have passed, after which one more is looked at.
        for (var i = 0; i < 20 && refused != 429; i++) {
            assertThat(exhaustByToken("forged")).isEqualTo(429);
            refused = withToken(users.customer().token(), guest).status();
        }
        assertThat(refused).isEqualTo(429);
        assertThat(withToken(known, guest).status())
                .as("who was known before goes on")
                .isEqualTo(200);
        assertThat(withToken(users.customer().token(), "203.0.113.201").status())
                .isEqualTo(200);
    }

    private int exhaustByToken(String token) {
        var status = 0;
        for (var i = 0; i < 10 * BURST && status != 429; i++)
            status = withToken(token, guest).status();
        return status;
    }

    private Api.Answer withToken(String token, String address) {
        return api.as(token).get("/users/me", "X-Forwarded-For", address);
    }

    @Test
    void tellsBrowsersToComeByTlsWhenTheyDid() {
        var answer = api.get("/products", "X-Forwarded-For", guest, "X-Forwarded-Proto", "https");
        assertThat(answer.header("Strict-Transport-Security")).isEqualTo("max-age=31536000");
    }

    @Test
    void tellsPagesOfNamedOriginsThatTheyMayCall() {
        for (var origin : List.of(SHOP, "http://localhost:3000")) {
            var asked = preflight(origin, "/orders");
            assertThat(asked.status()).isEqualTo(204);
            assertThat(asked.header("Access-Control-Allow-Origin")).isEqualTo(origin);
            assertThat(asked.header("Access-Control-Allow-Methods")).contains("POST");
            assertThat(asked.header("Access-Control-Allow-Headers")).contains("Authorization", "Idempotency-Key");
            assertThat(asked.header("X-Content-Type-Options")).isEqualTo("nosniff");
            var read = api.get("/.well-known/jwks.json", "X-Forwarded-For", guest, "Origin", origin);
            assertThat(read.status()).isEqualTo(200);
            assertThat(read.header("Access-Control-Allow-Origin")).isEqualTo(origin);
            assertThat(read.headers().allValues("Vary")).contains("Origin");
            for (var answer : List.of(asked, read))
                assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                        .isEmpty();
        }
    }

    @Test
    void letsThosePagesReadWhyTheyAreRefused() {
        var refused = api.as("forged").get("/users/me", "X-Forwarded-For", guest, "Origin", SHOP);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo(SHOP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "https://shop.example.evil.example",
                "https://evilshop.example",
                "http://shop.example",
                "https://shop.example:8443",
                "https://SHOP.example",
                "https://shop.example/",
                "null",
                "*"
            })
    void tellsNothingToPagesOfOtherOrigins(String origin) {
        var asked = preflight(origin, "/orders");
        assertThat(asked.status()).isEqualTo(403);
        assertThat(asked.at("/code")).isEqualTo("origin_refused");
        var read = api.get("/.well-known/jwks.json", "X-Forwarded-For", guest, "Origin", origin);
        for (var answer : List.of(asked, read))
            assertThat(answer.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    private Api.Answer preflight(String origin, String path) {
        return api.send(
                "OPTIONS",
                path,
                null,
                "X-Forwarded-For",
                guest,
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type,idempotency-key");
    }

    @Test
    void refusesForgedMessagesInTheEndAndTakesSignedOnesFromTheSameAddress() {
        var body =
                "{\"id\":\"evt_%s\",\"object\":\"event\",\"type\":\"customer.created\",\"created\":%d,\"data\":{\"object\":{}}}"
                        .formatted(UUID.randomUUID(), Instant.now().getEpochSecond());
        assertThat(message(body, "t=1,v1=00").status()).isEqualTo(401);
        var answer = message(body, "t=1,v1=00");
        for (var i = 0; i < 3 * BURST && answer.status() == 401; i++) answer = message(body, "t=1,v1=00");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        var signed = message(body, TestGateway.signatureOf(body));
        assertThat(signed.status()).as(signed.text()).isEqualTo(200);
    }

    @Test
    void saysOfABodyThatDoesNotGoOnThatItTookTooLong() throws IOException {
        var started = "{\"name\":";
        for (var length : new String[] {"Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n64\r\n"})
            try (var socket = new Socket("localhost", api.address("/").getPort())) {
                socket.setSoTimeout(10_000);
                var head =
                        "POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Forwarded-For: %s\r\n"
                                .formatted(guest);
                socket.getOutputStream().write((head + length + started).getBytes(UTF_8));
                var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 408").contains("\"code\":\"body_timeout\"");
            }
    }

    @Test
    void saysTheSameWhenTheBodyWasOnlyAnnounced() throws IOException {
        try (var socket = new Socket("localhost", api.address("/").getPort())) {
            socket.setSoTimeout(10_000);
            var head = "POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Forwarded-For: %s\r\n"
                    .formatted(guest);
            socket.getOutputStream()
                    .write((head + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n").getBytes(UTF_8));
            var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answer.replaceFirst("HTTP/1.1 100[^\r]*\r\n\r\n", ""))
                    .startsWith("HTTP/1.1 408")
                    .contains("\"code\":\"body_timeout\"");
        }
    }

    @Test
    void hangsUpOnHeadersThatDoNotGoOn() throws IOException {
        try (var socket = new Socket("localhost", api.address("/").getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET /products HTTP/1.1\r\nHost: a\r\nX-".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .doesNotContain(" 200 ");
        }
    }

    @Test
    void answersWhatFailsOutsideOfControllersLikeEverythingElse() {
        for (var accept : new String[] {"*/*", "text/html"}) {
            var failed = api.get("/products", "X-Forwarded-For", guest, "X-Fail", "a secret", "Accept", accept);
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(failed.at("/code")).isEqualTo("internal_error");
            assertThat(failed.at("/request_id")).isNotEmpty().isEqualTo(failed.header("X-Request-Id"));
            assertThat(failed.text()).doesNotContain("secret").doesNotContain("Exception");
        }
        var sent = api.get("/products", "X-Forwarded-For", "203.0.113.3", "X-Fail-Status", "409");
        assertThat(sent.status()).isEqualTo(409);
        assertThat(sent.at("/code")).isEqualTo("conflict");
    }

    private Api.Answer exhaust(String address) {
        assertThat(from(address, "/products").status()).isEqualTo(200);
        var answer = from(address, "/products");
        for (var i = 0; i < 3 * BURST && answer.status() == 200; i++) answer = from(address, "/products");
        assertThat(answer.status()).isEqualTo(429);
        return answer;
    }

    private Api.Answer from(String address, String path) {
        return api.get(path, "X-Forwarded-For", address);
    }

    private Api.Answer message(String body, String signature) {
        return api.post("/gateways/stripe/webhook", body, "X-Forwarded-For", guest, "Stripe-Signature", signature);
    }

    /** A filter that fails when it is told to. */
    static final class Failing extends OncePerRequestFilter {
        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, jakarta.servlet.ServletException {
            if (request.getHeader("X-Fail") != null) throw new IllegalStateException(request.getHeader("X-Fail"));
            if (request.getHeader("X-Fail-Status") != null)
                response.sendError(request.getIntHeader("X-Fail-Status"), "a secret");
            else chain.doFilter(request, response);
        }
    }

    /** A database of its own. */
    static final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            try {
                var folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "behind-a-proxy");
                TestPropertyValues.of(TestDatabase.another("behind_a_proxy"))
                        .and("kontor.data=" + folder)
                        .applyTo(context);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
