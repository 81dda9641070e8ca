package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {
    private final Results results = new Results();

    @Test
    void aRateIsHeldAgainstTheReference() {
        results.set(Goal.B1, 24_000);
        assertThat(results.findings(4_000)).containsExactly(new Finding(Goal.B1, 24_000, 6));
        assertThat(results.findings(4_000).getFirst().reached()).isTrue();
        assertThat(results.findings(5_000).getFirst().reached()).isFalse();
    }

    @Test
    void otherFiguresAreHeldAgainstTheFigureThatTheyAreAbout() {
        results.set(Goal.B3, 8_000);
        results.set(Goal.B5, 2_000);
        assertThat(results.findings(4_000))
                .containsExactly(new Finding(Goal.B3, 8_000, 2), new Finding(Goal.B5, 2_000, 0.25));
        assertThat(results.findings(4_000).getLast().reached()).isFalse();
    }

    @Test
    void aFigureWithoutItsBaseIsLeftOut() {
        results.set(Goal.B2, 8_000);
        assertThat(results.findings(4_000)).isEmpty();
    }

    @Test
    void aBoundFromAboveIsReachedBelowIt() {
        results.set(Goal.B3_P99, 40);
        assertThat(results.findings(1).getFirst().reached()).isTrue();
        results.set(Goal.B3_P99, 40.1);
        assertThat(results.findings(1).getFirst().reached()).isFalse();
    }

    @Test
    void goalsAreToldInTheirUnits() {
        assertThat(Goal.B3.targetInWords()).isEqualTo("≥ 1.60 × raw");
        assertThat(Goal.B8.targetInWords()).isEqualTo("≥ 12,000 /s");
        assertThat(Goal.B3_P99.targetInWords()).isEqualTo("≤ 40 ms");
        assertThat(Goal.B3_P99.figure()).isEqualTo("B3");
    }
}
