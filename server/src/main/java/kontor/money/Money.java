package kontor.money;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.util.Currency;

/**
 * An amount in the smallest unit of its currency: 1999 EUR is 19.99 euro, 500 JPY is 500 yen.
 * How many digits are fractions is ISO 4217's word, as {@link Currency#getDefaultFractionDigits} carries it.
 */
@Schema(name = "Money", description = "An amount in the smallest unit of its currency: 1999 EUR is 19.99 euro")
public record Money(
        @JsonProperty("amount") @Schema(name = "amount", example = "1999")
        long minorUnits,

        @JsonProperty(required = true)
        @JsonSetter(nulls = Nulls.FAIL)
        @Schema(type = "string", example = "EUR", description = "ISO 4217 code")
        Currency currency) {

    public static Money of(long minorUnits, String currencyCode) {
        return new Money(minorUnits, Currency.getInstance(currencyCode));
    }

    public static Money zero(Currency currency) {
        return new Money(0, currency);
    }

    /**
     * @throws IllegalArgumentException when the currencies differ: exchanging is a business step, never a side effect
     * @throws ArithmeticException when the sum does not fit 64 bits
     */
    public Money plus(Money other) {
        return new Money(Math.addExact(minorUnits, same(other).minorUnits), currency);
    }

    /**
     * @throws IllegalArgumentException when the currencies differ
     * @throws ArithmeticException when the difference does not fit 64 bits
     */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(minorUnits, same(other).minorUnits), currency);
    }

    /** @throws ArithmeticException when the product does not fit 64 bits */
    public Money times(long factor) {
        return new Money(Math.multiplyExact(minorUnits, factor), currency);
    }

    public Money negated() {
        return new Money(Math.negateExact(minorUnits), currency);
    }

    private Money same(Money other) {
        if (!currency.equals(other.currency)) throw new IllegalArgumentException(this + " and " + other);
        return other;
    }

    /** As people write it, with the currency's own digits: {@code 19.99 EUR}, {@code 500 JPY}. Nothing for programs to read. */
    @Override
    public String toString() {
        var digits = Math.max(0, currency.getDefaultFractionDigits()); // -1 for what is no money, such as XXX
        return BigDecimal.valueOf(minorUnits, digits).toPlainString() + " " + currency.getCurrencyCode();
    }
}
