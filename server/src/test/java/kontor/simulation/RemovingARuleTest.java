package kontor.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import kontor.Torture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Without any one of its rules the payment core loses or doubles money, and the simulation or the walk notices. */
@Simulated
@TestPropertySource(properties = Simulated.DATABASE_PROPERTY + "=simulated_ruins")
class RemovingARuleTest {
    private static final int SEEDS = 400;

    @Autowired
    private Simulation simulation;

    @AfterEach
    void putItBack() {
        simulation.breaking(Rule.NONE);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isNoticed(Rule rule) {
        simulation.breaking(rule);
        for (var seed = 1L; seed <= SEEDS; seed++) {
            var outcome = simulation.run(seed);
            if (outcome.isGood()) continue;
            Torture.report("without %s seed %d fails: %s"
                    .formatted(rule, seed, outcome.failures().getFirst()));
            return;
        }
        assertThat(rule).as("removed, and nobody noticed in %d seeds", SEEDS).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"INTENT_FIRST", "REQUESTS_ARE_REMEMBERED"})
    void isNoticedByTheWalkOverTheCrashPoints(Rule rule) {
        simulation.breaking(rule);
        for (var flow : Flow.values()) {
            var whole = simulation.walk(flow, Long.MAX_VALUE);
            assertThat(whole.problems()).as("nothing dies in %s", flow).isEmpty();
            for (var point = 1L; point <= whole.points(); point++) {
                var walk = simulation.walk(flow, point);
                if (!walk.isBad(whole)) continue;
                Torture.report("without %s %s goes wrong, dead %s: %s, effects %s"
                        .formatted(rule, flow, walk.where(), walk.problems(), walk.effects()));
                return;
            }
        }
        assertThat(rule).as("removed, and nobody noticed at any crash point").isNull();
    }
}
