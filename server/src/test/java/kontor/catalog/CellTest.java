package kontor.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellTest {
    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''=1", "=a\nb"})
    void isWrittenAsTextWhenItBeginsLikeAFormula(String text) {
        assertThat(Cell.written(text)).isEqualTo("'" + text);
        assertThat(Cell.read(Cell.written(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a=1", "'", "'quoted'", "''", "1-2", " =1", "it's"})
    void isLeftAloneOtherwise(String text) {
        assertThat(Cell.written(text)).isEqualTo(text);
        assertThat(Cell.read(text)).isEqualTo(text);
    }
}
