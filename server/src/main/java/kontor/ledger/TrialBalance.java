package kontor.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.TreeMap;
import kontor.ledger.BookStore.Sum;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What all accounts come to. Debits and credits are equal in every currency, or the books are broken.
 *
 * @param at what was posted until then, inclusive; null for everything
 */
record TrialBalance(@Nullable Instant at, boolean balanced, List<InCurrency> currencies) {
    /** All accounts that have entries in one currency. */
    record InCurrency(Currency currency, boolean balanced, Money debits, Money credits, List<OfAccount> accounts) {}

    record OfAccount(String code, Money debits, Money credits, Money balance) {}

    static TrialBalance of(@Nullable Instant at, List<Sum> sums) {
        var byCurrency = new TreeMap<String, List<Sum>>();
        for (var sum : sums)
            byCurrency
                    .computeIfAbsent(sum.currency().getCurrencyCode(), _ -> new ArrayList<>())
                    .add(sum);
        var currencies = byCurrency.values().stream().map(TrialBalance::inOne).toList();
        return new TrialBalance(at, currencies.stream().allMatch(InCurrency::balanced), currencies);
    }

    private static InCurrency inOne(List<Sum> sums) {
        var currency = sums.getFirst().currency();
        var debits = Money.zero(currency);
        var credits = Money.zero(currency);
        var accounts = new ArrayList<OfAccount>();
        for (var sum : sums) {
            var balance = sum.balance();
            debits = debits.plus(balance.debits());
            credits = credits.plus(balance.credits());
            accounts.add(new OfAccount(sum.account(), balance.debits(), balance.credits(), balance.balance()));
        }
        return new InCurrency(currency, debits.equals(credits), debits, credits, accounts);
    }
}
