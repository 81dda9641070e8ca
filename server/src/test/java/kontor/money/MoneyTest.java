package kontor.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {
    @Test
    void addsAndSubtractsInOneCurrency() {
        assertThat(Money.of(1999, "EUR").plus(Money.of(1, "EUR"))).isEqualTo(Money.of(2000, "EUR"));
        assertThat(Money.of(1999, "EUR").minus(Money.of(2000, "EUR"))).isEqualTo(Money.of(-1, "EUR"));
        assertThat(Money.of(255, "GBP").times(2)).isEqualTo(Money.of(510, "GBP"));
        assertThat(Money.of(255, "GBP").negated()).isEqualTo(Money.of(-255, "GBP"));
        assertThat(Money.zero(Money.of(1, "JPY").currency())).isEqualTo(Money.of(0, "JPY"));
    }

    @Test
    void refusesToMixCurrencies() {
        var euro = Money.of(1, "EUR");
        var yen = Money.of(1, "JPY");
        assertThatThrownBy(() -> euro.plus(yen)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> euro.minus(yen)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToOverflow() {
        var most = Money.of(Long.MAX_VALUE, "EUR");
        var one = Money.of(1, "EUR");
        assertThatThrownBy(() -> most.plus(one)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.times(2)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.of(Long.MIN_VALUE, "EUR").minus(one)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.of(Long.MIN_VALUE, "EUR").negated()).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "460, GBP, 4.60 GBP",
        "5, GBP, 0.05 GBP",
        "0, GBP, 0.00 GBP",
        "-2510, GBP, -25.10 GBP",
        "-5, EUR, -0.05 EUR",
        "500, JPY, 500 JPY",
        "1500, KWD, 1.500 KWD",
        "7, KWD, 0.007 KWD",
        "1, XXX, 1 XXX",
        "9223372036854775807, USD, 92233720368547758.07 USD",
    })
    void isWrittenWithTheDigitsOfItsCurrency(long minorUnits, String currency, String written) {
        assertThat(Money.of(minorUnits, currency)).hasToString(written);
    }
}
