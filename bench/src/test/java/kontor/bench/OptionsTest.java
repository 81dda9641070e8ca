package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void withoutAnyEverythingIsMeasuredAtLength() {
        var options = Options.parse();
        assertThat(options.wants(Goal.B1)).isTrue();
        assertThat(options.wants(Goal.B16)).isTrue();
        assertThat(options.measured()).isEqualTo(Duration.ofSeconds(15));
        assertThat(options.profile()).isFalse();
    }

    @Test
    void figuresAreNamedInAnyCase() {
        var options = Options.parse("--only", "b1,B8", "--quick");
        assertThat(options.only()).isEqualTo(Set.of("B1", "B8"));
        assertThat(Options.parse("--only", "B11,B2").figures()).containsExactly("B2", "B11");
        assertThat(options.wants(Goal.B8_304)).isTrue();
        assertThat(options.wants(Goal.B3, Goal.B4)).isFalse();
        assertThat(options.measured()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aQuickRunMeasuresLessOften() {
        assertThat(Options.parse("--quick").slices())
                .isBetween(2, Options.parse().slices() - 1);
        assertThat(Options.parse("--quick").rounds()).isLessThan(Options.parse().rounds());
        assertThat(Options.parse("--orders", "5000000").orders()).isEqualTo(5_000_000);
    }

    @Test
    void secondsOutweighQuick() {
        assertThat(Options.parse("--seconds=7", "--quick").measured()).isEqualTo(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--only B1,B6      | There is no figure \"B6\"",
                "--only            | --only needs a value.",
                "--seconds 0       | --seconds needs a number",
                "--orders many     | --orders needs a number",
                "--quick=yes       | --quick takes no value.",
                "--fast            | bench does not know \"--fast\"",
                "B1                | bench does not know \"B1\"",
            })
    void refusesWhatItDoesNotUnderstandInOneLine(String arguments, String message) {
        assertThatThrownBy(() -> Options.parse(arguments.strip().split(" ")))
                .isInstanceOf(Options.Bad.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
