package kontor.payments.adyen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import kontor.money.Money;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdyenAmountsTest {
    @ParameterizedTest
    @CsvSource({
        "EUR, 1999, 1999",
        "JPY, 500, 500",
        "BHD, 1234, 1234",
        "CLP, 500, 50000",
        "ISK, 2790, 279000",
        "CVE, 1500, 15",
        "IDR, 1500000, 15000"
    })
    void countsAsAdyenDoes(String currency, long minorUnits, long value) {
        var money = Money.of(minorUnits, currency);
        assertThat(AdyenAmounts.amountOf(money).getValue()).isEqualTo(value);
        assertThat(AdyenAmounts.moneyOf(value, currency)).isEqualTo(money);
    }

    @Test
    void neverRounds() {
        assertThatThrownBy(() -> AdyenAmounts.amountOf(Money.of(150, "IDR"))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> AdyenAmounts.moneyOf(279_050, "ISK")).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> AdyenAmounts.amountOf(Money.of(Long.MAX_VALUE, "CLP")))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> AdyenAmounts.moneyOf(1, "XYZ")).isInstanceOf(IllegalArgumentException.class);
    }
}
