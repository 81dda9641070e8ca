package kontor.ledger;

import java.time.Instant;
import java.util.List;
import kontor.money.Money;
import kontor.web.Page;
import org.jspecify.annotations.Nullable;

/** An account with a page of its entries, the newest first. */
record AccountStatement(
        String code, String name, AccountKind kind, boolean system, List<Balance> balances, Page<Line> entries) {
    /**
     * An entry of the account, and what it was about.
     *
     * @param line its place in the transaction
     * @param orderId null for a fact that belongs to no order
     * @param amount a debit above zero, a credit below
     */
    record Line(long transactionId, int line, @Nullable Long orderId, String kind, Money amount, Instant postedAt) {}

    static AccountStatement of(LedgerAccount account, Page<Line> entries) {
        return new AccountStatement(
                account.code(), account.name(), account.kind(), account.system(), account.balances(), entries);
    }
}
