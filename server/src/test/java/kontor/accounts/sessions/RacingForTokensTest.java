package kontor.accounts.sessions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.sessions.RefreshResult.Refreshed;
import kontor.accounts.sessions.RefreshResult.Refused;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Fifty at once with one token, a hundred times: one is let through. */
@KontorTest
class RacingForTokensTest {
    private static final int RACERS = 50;
    private static final int ROUNDS = 100;

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Sessions sessions;

    @Autowired
    OneTimeTokens tokens;

    @Test
    void aRefreshTokenHasOneWinnerAndItsSessionEnds() {
        var ann = users.customer();
        for (var round = 0; round < ROUNDS; round++) {
            var login = sessions.open(ann.id(), SessionKind.TOKEN, List.of("pwd"), new Client("127.0.0.1", null, null));
            var winners = race(() -> sessions.refresh(login.refreshToken(), null)).stream()
                    .filter(Refreshed.class::isInstance)
                    .map(won -> ((Refreshed) won).loggedIn())
                    .toList();
            assertThat(winners).hasSize(1);
            assertThat(sessions.refresh(winners.getFirst().refreshToken(), null))
                    .isInstanceOf(Refused.class);
            assertThat(api.as(requireNonNull(winners.getFirst().accessToken()))
                            .get("/users/me")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void whoAllHaveTheSameKeyAllGetTheSameToken() {
        var ann = users.customer();
        var login = sessions.open(ann.id(), SessionKind.TOKEN, List.of("pwd"), new Client("127.0.0.1", null, null));
        var tokens = race(() -> sessions.refresh(login.refreshToken(), "key")).stream()
                .map(won -> ((Refreshed) won).loggedIn().refreshToken())
                .distinct()
                .toList();
        assertThat(tokens).hasSize(1);
        assertThat(sessions.refresh(tokens.getFirst(), null)).isInstanceOf(Refreshed.class);
    }

    @Test
    void aOneTimeTokenHasOneWinner() {
        var ann = users.customer();
        for (var round = 0; round < ROUNDS; round++) {
            var token = tokens.issue("racing", new Meaning(ann.id(), "round"), Duration.ofMinutes(1));
            var uses = race(() -> tokens.use("racing", token));
            assertThat(uses.stream().filter(use -> use.isPresent())).hasSize(1);
        }
    }

    private static <T> List<T> race(Callable<T> racer) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(Collections.nCopies(RACERS, racer)).stream()
                    .map(Future::resultNow)
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
