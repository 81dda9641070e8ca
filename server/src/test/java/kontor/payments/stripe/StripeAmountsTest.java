package kontor.payments.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Currency;
import java.util.Set;
import kontor.money.Money;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StripeAmountsTest {
    @ParameterizedTest
    @CsvSource({"1999, EUR, 1999", "500, JPY, 500", "1234, KWD, 1234", "5, ISK, 500", "5, UGX, 500", "500, MGA, 5"})
    void saysAmountsAsStripeWantsThemAndUnderstandsThemBack(long minorUnits, String currency, long amount) {
        var money = Money.of(minorUnits, currency);
        assertThat(StripeAmounts.amountOf(money)).isEqualTo(amount);
        assertThat(StripeAmounts.moneyOf(amount, StripeAmounts.currencyOf(money)))
                .isEqualTo(money);
    }

    @Test
    void refusesAmountsThatStripeCannotSay() {
        assertThatThrownBy(() -> StripeAmounts.amountOf(Money.of(501, "MGA"))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> StripeAmounts.amountOf(Money.of(Long.MAX_VALUE, "ISK")))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> StripeAmounts.moneyOf(501, "isk")).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> StripeAmounts.moneyOf(501, "zzz")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyOtherCurrencyIsSaidAsItIs() {
        for (var currency : Currency.getAvailableCurrencies()) {
            if (Set.of("ISK", "UGX", "MGA").contains(currency.getCurrencyCode())) continue;
            assertThat(StripeAmounts.amountOf(new Money(4200, currency))).isEqualTo(4200);
        }
    }
}
