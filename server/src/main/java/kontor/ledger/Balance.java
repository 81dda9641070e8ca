package kontor.ledger;

import java.util.Currency;
import kontor.money.Money;

/**
 * What the entries of an account come to in one currency.
 *
 * @param debits the sum of amounts above zero
 * @param credits the sum of amounts below zero, as a number above zero
 * @param balance debits less credits, whatever the kind of the account: what we owe is below zero
 */
record Balance(Money debits, Money credits, Money balance) {
    static Balance of(long debits, long credits, Currency currency) {
        return new Balance(
                new Money(debits, currency),
                new Money(credits, currency),
                new Money(Math.subtractExact(debits, credits), currency));
    }
}
