package kontor.payments.adyen;

import com.adyen.model.checkout.Amount;
import java.util.Currency;
import java.util.Set;
import kontor.money.Money;

/**
 * Adyen counts money as ISO 4217 does, in the smallest unit, with the exceptions of
 * https://docs.adyen.com/development-resources/currency-codes: Chilean and Icelandic amounts are sent with two digits more
 * than the currency has, Cape Verdean and Indonesian ones with two less.
 */
final class AdyenAmounts {
    private static final int TWO_DIGITS = 100;
    private static final Set<String> SENT_WITH_TWO_MORE_DIGITS = Set.of("CLP", "ISK");
    private static final Set<String> SENT_WITH_TWO_LESS_DIGITS = Set.of("CVE", "IDR");

    private AdyenAmounts() {}

    /** Whether Adyen has a way to say this amount: it does not know fractions of what it counts in. */
    static boolean canSay(Money money) {
        try {
            valueOf(money);
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /** @throws ArithmeticException when Adyen has no way to say this amount */
    static Amount amountOf(Money money) {
        return new Amount().currency(money.currency().getCurrencyCode()).value(valueOf(money));
    }

    private static long valueOf(Money money) {
        var code = money.currency().getCurrencyCode();
        if (SENT_WITH_TWO_MORE_DIGITS.contains(code)) return Math.multiplyExact(money.minorUnits(), TWO_DIGITS);
        if (SENT_WITH_TWO_LESS_DIGITS.contains(code)) {
            if (money.minorUnits() % TWO_DIGITS != 0) throw new ArithmeticException(money + " has fractions");
            return money.minorUnits() / TWO_DIGITS;
        }
        return money.minorUnits();
    }

    /**
     * @throws IllegalArgumentException when the currency does not exist
     * @throws ArithmeticException when the amount has fractions that the currency has not
     */
    static Money moneyOf(long value, String currency) {
        var money = new Money(value, Currency.getInstance(currency));
        if (SENT_WITH_TWO_LESS_DIGITS.contains(currency)) return money.times(TWO_DIGITS);
        if (SENT_WITH_TWO_MORE_DIGITS.contains(currency)) {
            if (value % TWO_DIGITS != 0) throw new ArithmeticException(value + " " + currency + " has fractions");
            return new Money(value / TWO_DIGITS, money.currency());
        }
        return money;
    }
}
