package kontor.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import kontor.Torture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Without any one of its rules the payment core loses or doubles money, and the simulation notices. */
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
}
