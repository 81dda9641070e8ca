package kontor.accounts.throttling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Sessions;
import kontor.database.TestDatabase;
import kontor.web.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Guessing is slowed down: by account, by network, whatever there is to guess. */
@KontorTest
class ThrottlingTest {
    private static final AtomicInteger NETWORK = new AtomicInteger();

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Sessions sessions;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private Throttle throttle;
    private String account;

    @BeforeEach
    void asSetInProduction() {
        var settings = new ThrottleSettings(5, 10, Duration.ofMinutes(15), 16, Duration.ofSeconds(15));
        throttle = new Throttle(new TryStore(jdbc, settings), sessions, settings, transaction);
        account = UUID.randomUUID() + "@example.org";
    }

    @Test
    void fiveTriesAreFreeAndThenThePauseDoubles() {
        var from = somewhere();
        for (var i = 0; i < 5; i++) fail(account, from);
        for (var pause = 1; pause <= 16; pause *= 2) {
            assertThat(refusal(account, from).facts().get("retry_after")).isEqualTo(pause);
            passTime(pause);
            if (pause < 16) fail(account, from);
        }
    }

    @Test
    void afterTenTriesTheAccountWaitsUntilAQuarterOfAnHourIsOver() {
        var from = somewhere();
        for (var i = 0; i < 10; i++) {
            passTime(20);
            fail(account, from);
        }
        assertThat((Integer) refusal(account, from).facts().get("retry_after")).isBetween(600, 900);
        passTime(600);
        refusal(account, from);
        passTime(301);
        for (var i = 0; i < 5; i++) fail(account, from);
        refusal(account, from);
    }

    @Test
    void theAccountIsTheSameInAnyCaseAndFromAnywhere() {
        for (var i = 0; i < 5; i++)
            fail(i % 2 == 0 ? account : account.toUpperCase(java.util.Locale.ROOT), somewhere());
        refusal(account, somewhere());
    }

    @Test
    void successWipesTheSlateClean() {
        for (var i = 0; i < 4; i++) fail(account, somewhere());
        try (var attempt = throttle.admit(account, somewhere())) {
            attempt.succeeded();
        }
        for (var i = 0; i < 5; i++) fail(account, somewhere());
        refusal(account, somewhere());
    }

    @Test
    void oneNetworkHasSixteenTriesWhateverTheAccountsAndFourMoreEachMinute() {
        var from = somewhere();
        for (var i = 0; i < 16; i++) fail(i + account, from);
        assertThat(refusal("another" + account, from).facts().get("retry_after"))
                .isEqualTo(15);
        fail("another" + account, somewhere());
        passTime(61);
        for (var i = 0; i < 4; i++) fail("later" + i + account, from);
        refusal("much later" + account, from);
    }

    @Test
    void peopleOfOneNetworkWhoGetInDoNotCount() {
        var from = somewhere();
        for (var i = 0; i < 40; i++)
            try (var attempt = throttle.admit(i + account, from)) {
                attempt.succeeded();
            }
        fail(account, from);
    }

    @Test
    void whatIsRefusedForTheAccountDoesNotCountForItsNetwork() {
        var from = somewhere();
        for (var i = 0; i < 5; i++) fail(account, from);
        for (var i = 0; i < 50; i++) refusal(account, from);
        for (var i = 0; i < 11; i++) fail(i + account, from);
        refusal("another" + account, from);
    }

    @Test
    void aThousandAtOnceAreNotLetThroughEither() throws Exception {
        var from = somewhere();
        var checks = new AtomicInteger();
        var answers = new ArrayList<Future<Integer>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 1000; i++) {
                var guessed = i % 2 == 0 ? account : i + account;
                answers.add(threads.submit(() -> {
                    fail(guessed, from);
                    return checks.incrementAndGet();
                }));
            }
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(
                                answer.state() == Future.State.SUCCESS || answer.exceptionNow() instanceof Refusal)
                        .isTrue());
        assertThat(checks.get()).isBetween(5, 20);
    }

    @Test
    void aBrowserThatIsKnownIsNotLockedOutByStrangers() {
        var ann = users.customer();
        var cookie = sessions.rememberDevice(ann.id(), new Client("192.0.2.1", null, null));
        var home = new Client(
                "192.0.2.1", null, java.util.Objects.requireNonNull(cookie).getValue());
        for (var i = 0; i < 5; i++) fail(ann.email(), somewhere());
        refusal(ann.email(), somewhere());
        fail(ann.email(), home);
        for (var i = 0; i < 4; i++) fail(ann.email(), home);
        refusal(ann.email(), home); // and no playground for a thief either
        for (var i = 0; i < 5; i++) fail(account, home);
        refusal(account, home); // nor is it known for other accounts
    }

    @Test
    void secondStepsAreCountedByThemselves() {
        for (var i = 0; i < 5; i++) failStep(7_000_001);
        assertThatThrownBy(() -> failStep(7_000_001)).isInstanceOf(Refusal.class);
        failStep(7_000_002);
    }

    @Test
    void aBrowserThatIsKnownIsNotLockedOutOfTheSecondStepEither() {
        var ann = users.customer();
        var cookie = sessions.rememberDevice(ann.id(), new Client("192.0.2.1", null, null));
        var home = new Client(
                "192.0.2.1", null, java.util.Objects.requireNonNull(cookie).getValue());
        for (var i = 0; i < 5; i++) failStep(ann.id());
        assertThatThrownBy(() -> failStep(ann.id())).isInstanceOf(Refusal.class);
        for (var i = 0; i < 5; i++) throttle.admit("factor", ann.id(), home).close();
        assertThatThrownBy(() -> throttle.admit("factor", ann.id(), home)).isInstanceOf(Refusal.class);
        try (var first = throttle.admit(ann.email(), home)) {
            first.succeeded();
        }
        assertThatThrownBy(() -> throttle.admit("factor", ann.id(), home))
                .as("the first step forgives nothing at the second")
                .isInstanceOf(Refusal.class);
        throttle.admit("verify", ann.id(), home).close();
        var bob = users.customer();
        for (var i = 0; i < 5; i++) failStep(bob.id());
        assertThatThrownBy(() -> throttle.admit("factor", bob.id(), home))
                .as("nor is it known for others")
                .isInstanceOf(Refusal.class);
    }

    @Test
    void anAddressHasABudgetOfMailsForEachKind() {
        for (var i = 0; i < 4; i++)
            assertThat(throttle.mayMail("verify_email", account)).isTrue();
        assertThat(throttle.mayMail("verify_email", account.toUpperCase(java.util.Locale.ROOT)))
                .isFalse();
        assertThat(throttle.mayMail("reset_password", account)).isTrue();
        passTime(15 * 60 + 1);
        assertThat(throttle.mayMail("verify_email", account)).isTrue();
        assertThat(throttle.mayMail("verify_email", account)).isFalse();
    }

    @Test
    void whatWasTypedForAnAccountIsNotKept() {
        fail("hunter2-typed-in-the-wrong-field", somewhere());
        assertThat(owner.sql("SELECT count(*) FROM accounts.tries WHERE key LIKE '%hunter2%'")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            192.0.2.7, 192.0.2.7
            2001:db8:1:2:3:4:5:6, 20010db800010002::/64
            2001:db8:1:2:ffff::1, 20010db800010002::/64
            ::ffff:192.0.2.7, 192.0.2.7
            not-an-address, other
            """)
    void aNetworkIsAnIpv4AddressOrWhatAHouseholdHasOfIpv6(String address, String network) {
        assertThat(Throttle.networkOf(address)).isEqualTo(network);
    }

    private void fail(String who, Client from) {
        throttle.admit(who, from).close();
    }

    private void failStep(long user) {
        throttle.admit("factor", user, somewhere()).close();
    }

    private Refusal refusal(String who, Client from) {
        var refusal = catchThrowableOfType(Refusal.class, () -> fail(who, from));
        assertThat(refusal.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(refusal.code()).isEqualTo("too_many_tries");
        return refusal;
    }

    private void passTime(int seconds) {
        owner.sql("""
                        UPDATE accounts.tries
                        SET since = since - make_interval(secs => :s), next_at = next_at - make_interval(secs => :s)
                        """).param("s", seconds).update();
    }

    private static Client somewhere() {
        var number = NETWORK.incrementAndGet();
        return new Client("198.18.%d.%d".formatted(number / 250, number % 250), null, null);
    }
}
