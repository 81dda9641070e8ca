package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.unit.DataSize;
import org.springframework.web.method.HandlerMethod;

class RateLimitsTest {
    private static final int BURST = 3;

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
        return new RateLimits(new WebSettings(DataSize.ofMegabytes(1), DataSize.ofGigabytes(1), perSecond, burst));
    }
}
