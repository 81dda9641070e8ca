package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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
    void aRateIsTheMeanOfItsSlicesAndABoundTheWorstOfThem() {
        results.slice("here", Goal.B3, Samples.measured("64 connections", 7_000));
        results.slice("here", Goal.B3, Samples.measured("64 connections", 9_000));
        results.largest(Goal.B3_P99, 30);
        results.largest(Goal.B3_P99, 20);
        assertThat(results.findings(4_000))
                .containsExactly(new Finding(Goal.B3, 8_000, 2), new Finding(Goal.B3_P99, 30, 30));
        assertThat(results.measured()).hasSize(2);
    }

    @Test
    void whatWasMeasuredInTurnsWithItOutweighsTheWholeRun() {
        results.slice("here", Goal.B3, Samples.measured("cold", 2_000));
        results.slice("here", Goal.B10, Samples.measured("many orders", 8_000));
        assertThat(results.findings(1_000).getLast().score()).isEqualTo(4);
        results.against(Goal.B10, Samples.measured("warm", 9_000));
        results.against(Goal.B10, Samples.measured("warm", 11_000));
        assertThat(results.findings(1_000)).contains(new Finding(Goal.B10, 8_000, 0.8), new Finding(Goal.B3, 2_000, 2));
    }

    @Test
    void answersThatNobodyExpectedAreNoted() {
        var measured = Samples.measured("by card", 100);
        results.slice("here", Goal.B5, measured);
        assertThat(results.notes()).isEmpty();
        results.slice("here", Goal.B5, measured.withOthers(Map.of("402", 3L)));
        assertThat(results.notes())
                .containsExactly("B5, by card: answers other than the expected, by their status: {402=3}");
    }

    @Test
    void whateverTheBoundMoreOfTheTargetIsBetter() {
        assertThat(Goal.B3.shareOf(3.2)).isEqualTo(2);
        assertThat(Goal.B3_P99.shareOf(20)).isEqualTo(2);
        assertThat(Goal.B3_P99.shareOf(80)).isEqualTo(0.5);
        assertThat(Goal.B7.shareOf(-0.1)).isInfinite();
    }

    @Test
    void goalsAreToldInTheirUnits() {
        assertThat(Goal.B3.targetInWords()).isEqualTo("≥ 1.60 × raw");
        assertThat(Goal.B8.targetInWords()).isEqualTo("≥ 12,000 /s");
        assertThat(Goal.B3_P99.targetInWords()).isEqualTo("≤ 40 ms");
        assertThat(Goal.B3_P99.figure()).isEqualTo("B3");
    }
}
