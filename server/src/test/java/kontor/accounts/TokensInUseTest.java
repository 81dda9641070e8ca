package kontor.accounts;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import kontor.web.Caller;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class TokensInUseTest {
    private static final Duration ALWAYS = Duration.ZERO;
    private static final Duration NEVER = Duration.ofDays(1);

    @Autowired
    TestUsers users;

    @Autowired
    SigningKeys keys;

    @Autowired
    AccountStore store;

    @Autowired
    AccountSettings settings;

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
        owner.sql("DELETE FROM accounts.users WHERE id = ?").param(clerk.id()).update();
        assertThat(callerOf(tokens)).isNull();
        assertThat(callerOf(knownTokens(NEVER))).isNull();
    }

    @Test
    void areNotLookedUpEachTime() {
        var tokens = knownTokens(NEVER);
        assertThat(callerOf(tokens)).isNotNull();
        takeRolesAway();
        assertThat(requireNonNull(callerOf(tokens)).may("users:read")).isTrue();
    }

    @Test
    void endWithTheirTimeThoughTheyAreKnown() {
        var tokens = knownTokens(NEVER);
        assertThat(callerOf(tokens)).isNotNull();
        now.set(Instant.now().plus(settings.tokenLifetime()).plusSeconds(29));
        assertThat(callerOf(tokens)).isNotNull(); // clocks of nodes may differ
        now.set(Instant.now().plus(settings.tokenLifetime()).plusSeconds(31));
        assertThat(callerOf(tokens)).isNull();
    }

    private @Nullable Caller callerOf(KnownTokens tokens) {
        var authentication = tokens.authentication(clerk.token());
        return authentication == null ? null : (Caller) authentication.getPrincipal();
    }

    private KnownTokens knownTokens(Duration recheck) {
        var changed = new AccountSettings(
                settings.issuer(),
                settings.audience(),
                settings.tokenLifetime(),
                recheck,
                settings.tokensKnown(),
                settings.argon2Memory(),
                settings.argon2Passes(),
                settings.argon2Lanes(),
                settings.hashers(),
                settings.hashesWaiting());
        return new KnownTokens(new AccessTokens(keys, changed, now::get), store, changed);
    }

    private void takeRolesAway() {
        owner.sql("DELETE FROM accounts.user_roles WHERE user_id = ?")
                .param(clerk.id())
                .update();
    }
}
