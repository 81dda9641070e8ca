package kontor.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import kontor.Torture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * The server dies at every place where it can, one after the other, in every flow that moves money: before and after each
 * commit, before each call of the gateway and after its answer. Another server finds what it has left behind, the client
 * sends its request again, and everything has happened once.
 *
 * <p>The server is cut off within this process: what was not committed is rolled back, and nothing of it gets any further.
 * {@code HaltingAtCrashPointsTest} really ends the process.
 */
@Simulated
class CrashPointsTest {
    @Autowired
    private Simulation simulation;

    @ParameterizedTest
    @EnumSource
    void everythingHappensOnceWhereverTheServerDies(Flow flow) {
        var whole = simulation.walk(flow, Long.MAX_VALUE);
        assertThat(whole.problems()).as("nothing dies: %s", whole.log()).isEmpty();
        assertThat(whole.points()).as("places to die in").isGreaterThan(flow.leastPoints);
        var bad = new ArrayList<String>();
        var places = new ArrayList<String>();
        for (var point = 1L; point <= whole.points(); point++) {
            var walk = simulation.walk(flow, point);
            places.add(walk.where());
            if (walk.isBad(whole))
                bad.add("dead %s (%d of %d): %s, effects %s instead of %s\n  %s"
                        .formatted(
                                walk.where(),
                                point,
                                whole.points(),
                                walk.problems(),
                                walk.effects(),
                                whole.effects(),
                                String.join("\n  ", walk.log())));
        }
        Torture.report("%s: dead at each of %d places".formatted(flow, places.size()));
        assertThat(bad).isEmpty();
        assertThat(places).doesNotContain("");
    }

    @Test
    void allKindsOfPlacesAreAmongThem() {
        var whole = simulation.walk(Flow.PLACE_BY_CARD, Long.MAX_VALUE);
        var kinds = new ArrayList<String>();
        for (var point = 1L; point <= whole.points(); point++)
            kinds.add(simulation.walk(Flow.PLACE_BY_CARD, point).where());
        assertThat(kinds)
                .containsAll(List.of(
                        "before a commit",
                        "after a commit",
                        "before sending authorize",
                        "after the answer to authorize"));
    }
}
