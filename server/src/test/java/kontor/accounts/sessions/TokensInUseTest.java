package kontor.accounts.sessions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.DispatcherType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import kontor.web.Caller;
import kontor.web.Callers;
import kontor.web.RateLimits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.HandlerExceptionResolver;

@KontorTest
class TokensInUseTest {
    private static final Duration ALWAYS = Duration.ZERO;
    private static final Duration NEVER = Duration.ofDays(1);

    @Autowired
    TestUsers users;

    @Autowired
    SigningKeys keys;

    @Autowired
    SessionStore store;

    @Autowired
    CallerStore callers;

    @Autowired
    SessionSettings settings;

    @Autowired
    PublicUrl address;

    @Autowired
    RateLimits limits;

    @Autowired
    DataSource source;

    @Autowired
    @Qualifier("handlerExceptionResolver")
    HandlerExceptionResolver answers;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser clerk;

    @BeforeEach
    void hireClerk() {
        clerk = users.with("users:read");
    }

    @Test
    void standForTheirUserWithWhatTheRolesAllow() {
        var caller = requireNonNull(callerOf(knownTokens(NEVER)));
        assertThat(caller.userId()).isEqualTo(clerk.id());
        assertThat(caller.permissions()).containsExactly("users:read");
        assertThat(caller.isGuest()).isFalse();
    }

    @Test
    void learnThatARoleWasTakenAway() {
        var tokens = knownTokens(ALWAYS);
        assertThat(requireNonNull(callerOf(tokens)).may("users:read")).isTrue();
        takeRolesAway();
        assertThat(requireNonNull(callerOf(tokens)).may("users:read")).isFalse();
    }

    @Test
    void learnThatTheirUserIsGone() {
        var tokens = knownTokens(ALWAYS);
        assertThat(callerOf(tokens)).isNotNull();
        takeRolesAway();
        owner.sql("DELETE FROM accounts.sessions WHERE user_id = ?")
                .param(clerk.id())
                .update();
        owner.sql("DELETE FROM accounts.users WHERE id = ?").param(clerk.id()).update();
        assertThat(callerOf(tokens)).isNull();
        assertThat(callerOf(knownTokens(NEVER))).isNull();
    }

    @Test
    void learnThatTheirSessionHasEnded() {
        var tokens = knownTokens(ALWAYS);
        assertThat(callerOf(tokens)).isNotNull();
        owner.sql("UPDATE accounts.sessions SET ended_at = now(), end_reason = 'test' WHERE user_id = ?")
                .param(clerk.id())
                .update();
        assertThat(callerOf(tokens)).isNull();
        assertThat(callerOf(knownTokens(NEVER))).isNull();
    }

    @Test
    void learnThatTheirUserWasShutOut() {
        var tokens = knownTokens(ALWAYS);
        assertThat(callerOf(tokens)).isNotNull();
        owner.sql("UPDATE accounts.users SET disabled_at = now() WHERE id = ?")
                .param(clerk.id())
                .update();
        assertThat(callerOf(tokens)).isNull();
        assertThat(callerOf(knownTokens(NEVER))).isNull();
    }

    @Test
    void learnOnEveryOtherServerWithinFiveSecondsThatTheirSessionHasEnded() {
        var others = List.of(knownTokens(settings.tokenRecheck()), knownTokens(settings.tokenRecheck()));
        assertThat(others).allSatisfy(other -> assertThat(callerOf(other)).isNotNull());
        owner.sql("UPDATE accounts.sessions SET ended_at = now(), end_reason = 'test' WHERE user_id = ?")
                .param(clerk.id())
                .update();
        await().atMost(Duration.ofSeconds(5)) // what is promised, and not how fast it is
                .until(() -> others.stream().allMatch(other -> callerOf(other) == null));
    }

    @Test
    void areNotLookedUpEachTime() {
        var tokens = knownTokens(NEVER);
        assertThat(callerOf(tokens)).isNotNull();
        takeRolesAway();
        assertThat(requireNonNull(callerOf(tokens)).may("users:read")).isTrue();
    }

    @Test
    void endWithTheirTimeThoughTheyAreKnown() throws ParseException {
        var tokens = knownTokens(NEVER);
        assertThat(callerOf(tokens)).isNotNull();
        var end = SignedJWT.parse(clerk.token())
                .getJWTClaimsSet()
                .getExpirationTime()
                .toInstant();
        now.set(end.plusSeconds(29));
        assertThat(callerOf(tokens)).isNotNull(); // clocks of nodes may differ
        now.set(end.plusSeconds(31));
        assertThat(callerOf(tokens)).isNull();
    }

    @Test
    void areStillKnownWhileTheDatabaseIsAway() {
        var database = new Interruptible(source);
        var tokens = knownTokens(ALWAYS, new CallerStore(JdbcClient.create(database), settings));
        assertThat(callerOf(tokens)).isNotNull();
        database.away = true;
        assertThat(requireNonNull(callerOf(tokens)).may("users:read")).isTrue();
    }

    @Test
    void thatAreNewAreToldToComeBackWhileTheDatabaseIsAway() throws Exception {
        var database = new Interruptible(source);
        database.away = true;
        var filter = new CallerFilter(
                knownTokens(NEVER, new CallerStore(JdbcClient.create(database), settings)), limits, answers);
        var request = new MockHttpServletRequest("GET", "/users/me");
        request.addHeader("Authorization", "Bearer " + clerk.token());
        var response = new MockHttpServletResponse();
        var chain = new MockFilterChain();
        filter.doFilter(request, response, chain);
        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeader("Retry-After")).isEqualTo("1");
        assertThat(chain.getRequest()).isNull();
    }

    @Test
    void letAnAnswerThatGoesOnLaterFinishThoughTheyEndMeanwhile() throws Exception {
        var filter = new CallerFilter(knownTokens(NEVER), limits, answers);
        var request = new MockHttpServletRequest("GET", "/users/me");
        request.addHeader("Authorization", "Bearer " + clerk.token());
        try {
            filter.doFilter(request, new MockHttpServletResponse(), new MockFilterChain());
            SecurityContextHolder.clearContext();
            now.set(Instant.now().plus(Duration.ofDays(1)));
            request.setDispatcherType(DispatcherType.ASYNC);
            filter.doFilter(request, new MockHttpServletResponse(), new MockFilterChain());
            assertThat(Callers.current().userId()).isEqualTo(clerk.id());
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    /** A database that can go away. */
    private static final class Interruptible extends DelegatingDataSource {
        private boolean away;

        Interruptible(DataSource database) {
            super(database);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (away) throw new SQLTransientConnectionException("away");
            return super.getConnection();
        }
    }

    private @Nullable Caller callerOf(KnownTokens tokens) {
        var authentication = tokens.ofToken(clerk.token());
        return authentication == null ? null : (Caller) authentication.getPrincipal();
    }

    private KnownTokens knownTokens(Duration recheck) {
        return knownTokens(recheck, callers);
    }

    private KnownTokens knownTokens(Duration recheck, CallerStore from) {
        var changed = new SessionSettings(
                settings.issuer(),
                settings.audience(),
                settings.tokenLifetime(),
                recheck,
                settings.tokensKnown(),
                settings.refreshLifetime(),
                settings.cookieIdle(),
                settings.sessionLifetime(),
                settings.signingKeyLifetime(),
                settings.signingKeyNotice(),
                settings.secondFactorRequiredForStaff());
        return new KnownTokens(new AccessTokens(keys, changed, address, now::get), store, from, changed);
    }

    private void takeRolesAway() {
        owner.sql("DELETE FROM accounts.user_roles WHERE user_id = ?")
                .param(clerk.id())
                .update();
    }
}
