package kontor.accounts.throttling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.Api;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** Guessing over HTTP at a server that is set as in production, from as many networks as the guesser likes. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "kontor.web.trusted-proxies=127.0.0.1,::1", // so that a test can come from many networks
            "kontor.web.requests-per-second=0", // what is measured is not that limit
            "kontor.accounts.argon2-target=0",
        })
@ContextConfiguration(initializers = TestDatabase.Initializer.class)
@DirtiesContext
class GuessingTest {
    private static final AtomicInteger NETWORKS = new AtomicInteger();
    private static final AtomicInteger STRANGERS = new AtomicInteger();
    private static final int SAMPLES = 200;
    private static final double MOST_APART = 0.05;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Test
    void aThousandWrongLoginsFromOneNetworkAreAtMostTwentyChecks() throws Exception {
        var ann = users.customer();
        var network = network();
        var answers = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 1000; i++) {
            var email = i % 2 == 0 ? ann.email() : stranger();
            answers.add(() -> guess(email, network));
        }
        assertAtMostTwentyChecks(all(answers));
    }

    @Test
    void aThousandWrongLoginsFromEverywhereAtOneAccountAreAtMostTenChecks() throws Exception {
        var ann = users.customer();
        var answers = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 1000; i++) answers.add(() -> guess(ann.email(), network()));
        var checks = assertAtMostTwentyChecks(all(answers));
        assertThat(checks).isBetween(5L, 10L);
    }

    @Test
    void theOwnerStillEntersFromABrowserThatIsKnown() {
        var ann = users.customer();
        var home = logIn(ann, network());
        assertThat(home.status()).isEqualTo(200);
        var device = home.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("__Host-device="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
        for (var i = 0; i < 30; i++) guess(ann.email(), network());
        assertThat(logIn(ann, network()).status()).isEqualTo(429);
        assertThat(logIn(ann, network(), "Cookie", device).status()).isEqualTo(200);
        assertThat(logIn(ann, network()).status()).isEqualTo(429); // that has freed nobody else
    }

    @Test
    void aLockedAccountIsToldLikeOneThatThereIsNot() {
        var ann = users.customer();
        var nobody = stranger();
        for (var i = 0; i < 8; i++) {
            var known = guess(ann.email(), network());
            var unknown = guess(nobody, network());
            assertThat(known.status()).isEqualTo(unknown.status());
            assertThat(known.at("/detail")).isEqualTo(unknown.at("/detail"));
            assertThat(known.headers().map().keySet())
                    .isEqualTo(unknown.headers().map().keySet());
        }
    }

    @Test
    void guessingAtAnAccountByRegisteringItAgainCountsAsWell() {
        var somebody = TestUsers.somebody();
        var network = network();
        var registration = Map.of(
                "name",
                String.valueOf(somebody.name()),
                "email",
                String.valueOf(somebody.email()),
                "password",
                TestUsers.PASSWORD);
        assertThat(register(registration, network).status()).isEqualTo(201);
        var guessed = new ArrayList<Integer>();
        for (var i = 0; i < 20; i++) {
            var guess = Map.of(
                    "name",
                    registration.get("name"),
                    "email",
                    registration.get("email"),
                    "password",
                    "guess number " + i);
            guessed.add(register(guess, network()).status());
        }
        assertThat(guessed.stream().filter(status -> status == 422)).hasSizeLessThanOrEqualTo(10);
        assertThat(guessed).contains(429);
        assertThat(guess(String.valueOf(somebody.email()), network()).status()).isEqualTo(429);
    }

    /** When one round finds a difference, the middle one of three decides. */
    @Test
    void theTimeOfARefusalDoesNotTellWhetherThereIsSuchAnAccount() {
        var first = apart();
        if (first < MOST_APART) return;
        var rounds = new double[] {first, apart(), apart()};
        Arrays.sort(rounds);
        assertThat(rounds[1]).isLessThan(MOST_APART);
    }

    private double apart() {
        var known = new long[SAMPLES];
        var unknown = new long[SAMPLES];
        TestUser ann = users.customer();
        for (var i = 0; i < SAMPLES; i++) {
            if (i % 4 == 3) ann = users.customer(); // before a pause begins
            known[i] = nanosOf(ann.email());
            unknown[i] = nanosOf(stranger());
        }
        return Math.abs(median(known) / median(unknown) - 1);
    }

    private long nanosOf(String email) {
        var network = network();
        var start = System.nanoTime();
        var answer = guess(email, network);
        var took = System.nanoTime() - start;
        assertThat(answer.status()).isEqualTo(401);
        return took;
    }

    private static double median(long[] samples) {
        Arrays.sort(samples);
        return samples[samples.length / 2];
    }

    private static long assertAtMostTwentyChecks(List<Api.Answer> answers) {
        var checks = answers.stream().filter(answer -> answer.status() == 401).count();
        assertThat(checks).isBetween(1L, 20L);
        assertThat(answers).filteredOn(answer -> answer.status() != 401).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.at("/code")).isEqualTo("too_many_tries");
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
        });
        return checks;
    }

    private static List<Api.Answer> all(List<Callable<Api.Answer>> calls) throws InterruptedException {
        try (var threads = Executors.newFixedThreadPool(50)) {
            return threads.invokeAll(calls).stream().map(Future::resultNow).toList();
        }
    }

    private Api.Answer guess(String email, String network) {
        return api.post("/login", Map.of("email", email, "password", "not the password"), "X-Forwarded-For", network);
    }

    private Api.Answer logIn(TestUser user, String network, String... headers) {
        var all = new ArrayList<>(List.of("X-Forwarded-For", network));
        all.addAll(List.of(headers));
        return api.post(
                "/login",
                Map.of("email", user.email(), "password", TestUsers.PASSWORD, "session", "cookie"),
                all.toArray(String[]::new));
    }

    private Api.Answer register(Map<String, String> registration, String network) {
        return api.post(
                "/users",
                registration,
                "X-Forwarded-For",
                network,
                "Idempotency-Key",
                "of-" + registration.get("email"));
    }

    private static String network() {
        var number = NETWORKS.incrementAndGet();
        return "198.19.%d.%d".formatted(number / 250, number % 250 + 1);
    }

    private static String stranger() {
        return "stranger" + STRANGERS.incrementAndGet() + "@example.org";
    }
}
