package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.unit.DataSize;
import org.springframework.web.method.HandlerMethod;

class RateLimitsTest {
    private static final int BURST = 3;

    /** One that is never there. */
    private static final DataSource NO_DATABASE = new AbstractDataSource() {
        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("away");
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLException("away");
        }
    };

    private final RateLimits limits = limits(1, BURST);

    static class Operations {
        public void ordinary() {}

        @NotRateLimited
        public void messages() {}
    }

    @AfterEach
    void signOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void refusesWhoAsksTooMuchAtOnce() throws Exception {
        ask("ordinary", "192.0.2.1", BURST);
        assertThatThrownBy(() -> ask("ordinary", "192.0.2.1", 2 * BURST))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.status().value()).isEqualTo(429));
    }

    @Test
    void countsGuestsByTheirAddressAndUsersEachForThemselves() throws Exception {
        exhaust("192.0.2.1");
        ask("ordinary", "192.0.2.2", BURST);
        signIn(17);
        ask("ordinary", "192.0.2.1", BURST);
        signIn(18);
        ask("ordinary", "192.0.2.1", BURST);
        assertThatThrownBy(() -> ask("ordinary", "192.0.2.9", 2 * BURST)).isInstanceOf(Refusal.class);
    }

    @Test
    void countsEachApiKeyForItself() throws Exception {
        signIn(17);
        exhaust("192.0.2.1");
        signIn(keyOf(17, 5, 0));
        exhaust("192.0.2.1");
        signIn(keyOf(17, 6, 0));
        ask("ordinary", "192.0.2.1", BURST);
        signIn(18);
        ask("ordinary", "192.0.2.1", BURST);
    }

    @Test
    void keepsAnApiKeyToALimitOfItsOwnWhichNeverWidensEverybodys() throws Exception {
        signIn(keyOf(17, 7, 1));
        ask("ordinary", "192.0.2.1", 2);
        assertThatThrownBy(() -> ask("ordinary", "192.0.2.1", BURST)).isInstanceOf(Refusal.class);
        signIn(keyOf(17, 8, 1000));
        ask("ordinary", "192.0.2.1", BURST);
        exhaust("192.0.2.1");
    }

    @Test
    void keepsAnApiKeyToItsLimitWhereThereIsNoOther() throws Exception {
        var none = limits(0, 0);
        signIn(keyOf(17, 9, 1));
        none.count(from("192.0.2.1"));
        assertThatThrownBy(() -> {
                    for (var i = 0; i < 100; i++) none.count(from("192.0.2.1"));
                })
                .isInstanceOf(Refusal.class);
    }

    @Test
    void leavesAloneWhatCountsItself() throws Exception {
        ask("messages", "192.0.2.1", 100 * BURST);
        ask("ordinary", "192.0.2.1", BURST);
        exhaust("192.0.2.1");
        ask("messages", "192.0.2.1", 1);
    }

    @Test
    void canBeSwitchedOff() throws Exception {
        var none = limits(0, 0);
        for (var i = 0; i < 100; i++)
            assertThat(none.preHandle(from("192.0.2.1"), new MockHttpServletResponse(), method("ordinary")))
                    .isTrue();
    }

    @Test
    void cannotBeSetSoThatNobodyMayAsk() {
        assertThatThrownBy(() -> limits(1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kontor.web.burst");
        assertThatThrownBy(() -> limits(-1, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kontor.web.requests-per-second");
    }

    @Test
    void countsACallerOnAllServersTogetherWhenTheyShareTheirLimits() throws Exception {
        var database = TestDatabase.database().pool();
        var burst = 40;
        var servers = List.of(limits(1, burst, true, database), limits(1, burst, true, database));
        signIn(4_711_000_017L);
        var start = System.nanoTime();
        var taken = 0;
        for (var i = 0; i < 3 * burst; i++) for (var server : servers) if (takes(server, "192.0.2.1")) taken++;
        var refilled =
                Math.toIntExact(Duration.ofNanos(System.nanoTime() - start).toSeconds() + 1);
        var unasked = Math.toIntExact(SharedLimits.unasked(1));
        assertThat(taken).isBetween(burst, burst + (servers.size() * unasked) + refilled);

        signIn(4_711_000_018L); // each caller for themselves
        assertThat(takes(servers.getLast(), "192.0.2.1")).isTrue();
        assertThat(JdbcClient.create(database)
                        .sql(
                                "SELECT caller FROM web.rate_limits WHERE caller IN ('user:4711000017', 'user:4711000018') ORDER BY caller")
                        .query(String.class)
                        .list())
                .containsExactly("user:4711000017", "user:4711000018");
    }

    @Test
    void asksTheDatabaseAboutACallerOnlyNowAndThen() throws Exception {
        var asked = new AtomicInteger();
        var database = new DelegatingDataSource(TestDatabase.database().pool()) {
            @Override
            public Connection getConnection() throws SQLException {
                asked.incrementAndGet();
                return super.getConnection();
            }
        };
        var server = limits(1_000, 2_000, true, database);
        signIn(4_711_000_019L);
        for (var i = 0; i < 1_000; i++) assertThat(takes(server, "192.0.2.1")).isTrue();
        // Twice to make its row, and then once for each 500 requests or 500 ms.
        assertThat(asked.get()).isLessThan(100);
    }

    @Test
    void holdsEachServersOwnLimitWhileTheDatabaseCannotBeAsked() throws Exception {
        var server = limits(1, BURST, true, NO_DATABASE);
        for (var i = 0; i < BURST; i++) assertThat(takes(server, "192.0.2.1")).isTrue();
        var more = 0;
        for (var i = 0; i < 10 * BURST; i++) if (takes(server, "192.0.2.1")) more++;
        assertThat(more).isLessThan(10 * BURST);
        assertThat(takes(server, "192.0.2.2")).isTrue();
    }

    private static boolean takes(RateLimits server, String address) throws Exception {
        try {
            return server.preHandle(from(address), new MockHttpServletResponse(), method("ordinary"));
        } catch (Refusal e) {
            return false;
        }
    }

    private void exhaust(String address) {
        assertThatThrownBy(() -> ask("ordinary", address, 10 * BURST)).isInstanceOf(Refusal.class);
    }

    private void ask(String operation, String address, int times) throws Exception {
        for (var i = 0; i < times; i++)
            limits.preHandle(from(address), new MockHttpServletResponse(), method(operation));
    }

    private static void signIn(long user) {
        signIn(new Caller(user, Set.of()));
    }

    private static Caller keyOf(long user, long id, int requestsPerSecond) {
        return new Caller(user, Set.of(), null, OAuthClient.ofApiKey(id, Set.of(), requestsPerSecond));
    }

    private static void signIn(Caller caller) {
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken(caller, null, List.of()));
    }

    private static HandlerMethod method(String name) throws NoSuchMethodException {
        return new HandlerMethod(new Operations(), Operations.class.getMethod(name));
    }

    private static MockHttpServletRequest from(String address) {
        var request = new MockHttpServletRequest();
        request.setRemoteAddr(address);
        return request;
    }

    private static RateLimits limits(int perSecond, int burst) {
        return limits(perSecond, burst, false, NO_DATABASE);
    }

    private static RateLimits limits(int perSecond, int burst, boolean shared, DataSource database) {
        var settings = new WebSettings(
                DataSize.ofMegabytes(1), DataSize.ofGigabytes(1), perSecond, burst, shared, List.of(), List.of());
        return new RateLimits(settings, database);
    }
}
