package kontor.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import kontor.Torture;
import kontor.audit.Audit;
import kontor.audit.Finding;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Orders, payments and books under thousands of courses of events, each drawn from a seed. A seed that fails is printed,
 * and kept in {@code torture.txt}, with everything that happened; {@code -Dkontor.torture.seed=N} runs it alone, and its number belongs into
 * {@code failed-seeds.txt}, whose seeds run before all others.
 */
@Simulated
class SimulatingPaymentsTest {
    private static final int SHOWN = 5;
    /** 5,000 seeds in five minutes, when a run is judged by the clock. */
    private static final double SECONDS_FOR_A_SEED = 300.0 / 5000;

    private static final double SECONDS_TO_WARM_UP = 30;

    @Autowired
    private Simulation simulation;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void theBooksOfTheGatewayAndOursAgreeWhateverHappens() throws Exception {
        var begun = System.nanoTime();
        var seeds = seeds();
        var bad = new ArrayList<Simulation.Outcome>();
        for (var seed : seeds) {
            var outcome = simulation.run(seed);
            if (Torture.seed().isPresent() && outcome.isGood()) System.err.println(outcome);
            if (outcome.isGood()) continue;
            bad.add(outcome);
            Torture.report(outcome.toString());
            if (bad.size() == SHOWN) break;
        }
        var seconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / 1000.0;
        Torture.report(
                "%d seeds of the payment core in %.1f s, %d failed".formatted(seeds.size(), seconds, bad.size()));
        assertThat(bad.stream().map(Simulation.Outcome::seed))
                .as("seeds that failed")
                .isEmpty();
        assertThat(broken()).isEmpty();
        if (Torture.judgesTimes())
            assertThat(seconds)
                    .as("%d seeds, in seconds", seeds.size())
                    .isLessThanOrEqualTo(Math.max(SECONDS_TO_WARM_UP, seeds.size() * SECONDS_FOR_A_SEED));
    }

    /** Those that failed once, then as many as are asked for. */
    private static List<Long> seeds() throws IOException {
        if (Torture.seed().isPresent()) return List.of(Torture.seed().getAsLong());
        var once = Files.readAllLines(Path.of("src/test/resources/kontor/simulation/failed-seeds.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .mapToLong(line -> Long.parseLong(line.split("\\s", 2)[0]));
        return LongStream.concat(once, LongStream.rangeClosed(1, Torture.seeds()))
                .boxed()
                .toList();
    }

    /** Every invariant, over all that the seeds have left behind. */
    private static List<String> broken() throws SQLException {
        return new Audit()
                .run(TestDatabase.superuserOf(Simulated.DATABASE), 1, _ -> {}).broken().stream()
                        .filter(finding ->
                                !finding.invariant().id().equals("database_is_durable")) // it is not, on purpose
                        .map(Finding::toString)
                        .toList();
    }
}
