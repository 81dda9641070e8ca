package kontor.payments.stripe;

import java.util.Currency;
import java.util.Locale;
import java.util.Set;
import kontor.money.Money;

/**
 * Stripe counts money as ISO 4217 does, in the smallest unit, with the exceptions of
 * https://docs.stripe.com/currencies#zero-decimal and #special-cases: Icelandic and Ugandan amounts are sent with two
 * digits more than the currency has, Malagasy ones with two less.
 */
final class StripeAmounts {
    private static final int TWO_DIGITS = 100;
    private static final Set<String> SENT_WITH_TWO_MORE_DIGITS = Set.of("ISK", "UGX");
    private static final Set<String> SENT_WITH_TWO_LESS_DIGITS = Set.of("MGA");

    private StripeAmounts() {}

    /** @throws ArithmeticException when Stripe has no way to say this amount */
    static long amountOf(Money money) {
        var code = money.currency().getCurrencyCode();
        if (SENT_WITH_TWO_MORE_DIGITS.contains(code)) return Math.multiplyExact(money.minorUnits(), TWO_DIGITS);
        if (SENT_WITH_TWO_LESS_DIGITS.contains(code)) {
            if (money.minorUnits() % TWO_DIGITS != 0) throw new ArithmeticException(money + " has fractions");
            return money.minorUnits() / TWO_DIGITS;
        }
        return money.minorUnits();
    }

    static String currencyOf(Money money) {
        return money.currency().getCurrencyCode().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException when the currency does not exist
     * @throws ArithmeticException when the amount has fractions that the currency has not
     */
    static Money moneyOf(long amount, String currency) {
        var code = currency.toUpperCase(Locale.ROOT);
        var money = new Money(amount, Currency.getInstance(code));
        if (SENT_WITH_TWO_LESS_DIGITS.contains(code)) return money.times(TWO_DIGITS);
        if (SENT_WITH_TWO_MORE_DIGITS.contains(code)) {
            if (amount % TWO_DIGITS != 0) throw new ArithmeticException(amount + " " + code + " has fractions");
            return new Money(amount / TWO_DIGITS, money.currency());
        }
        return money;
    }
}
