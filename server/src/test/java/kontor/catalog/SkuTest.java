package kontor.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkuTest {
    @ParameterizedTest
    @ValueSource(strings = {"85123A", "a", "!\"#$&'()*+,-.:<=>?@[]^_`{|}~", "...x", "15056BL"})
    void mayBeAnyPrintableAsciiThatCanStandInAnAddress(String code) {
        assertThat(new Sku(code).value()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "BANK CHARGES", "a/b", "a\\b", "a;b", "50%", ".", "..", "é", "a\tb", "a\u0000", "a\n"})
    void mayBeNothingElse(String code) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Sku(code));
        assertThatIllegalArgumentException().isThrownBy(() -> new Sku("x".repeat(65)));
    }
}
