package kontor.simulator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is kept for the shop, by currency, and every movement of it. All of it can be paid out at once. */
final class Balance {
    private final Timeline<BalanceTransaction> transactions =
            new Timeline<>("balance_transaction", BalanceTransaction::id);
    private final Map<String, Long> standing = new TreeMap<>();
    private final Map<String, Paid> paidOut = new HashMap<>();
    private final Map<String, Integer> lastPayout = new HashMap<>();

    /** What a payout pays: the movements of its currency after one place and up to another. */
    private record Paid(String currency, int after, int upTo) {}

    synchronized void add(BalanceTransaction transaction) {
        var place = transactions.size();
        var currency = transaction.currency();
        transactions.put(transaction);
        standing.merge(currency, transaction.net(), Long::sum);
        if (transaction.kind() != BalanceTransaction.Kind.PAYOUT) return;
        var before = lastPayout.put(currency, place);
        paidOut.put(transaction.source(), new Paid(currency, before == null ? -1 : before, place));
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found found) {
        var json = found.object(Line.TRANSACTION);
        if (json != null)
            add(BalanceTransaction.read(Json.read(json), found.line().at()));
    }

    /** In minor units, by currency; below zero when more was paid back than came in. */
    synchronized Map<String, Long> standing() {
        return new TreeMap<>(standing);
    }

    BalanceTransaction get(String id) {
        return transactions.get(id);
    }

    List<BalanceTransaction> latest(int most) {
        return transactions.latest(most);
    }

    /** With the filters {@code type}, {@code payout}, {@code source} and {@code currency}. */
    Timeline.Page<BalanceTransaction> page(Form form) {
        var type = form.text("type");
        var source = form.text("source");
        var currency = form.text("currency");
        var payout = form.text("payout");
        var paid = paidBy(payout);
        return transactions.page(
                form,
                (place, transaction) -> (type == null || type.equals(transaction.kind().type))
                        && (source == null || source.equals(transaction.source()))
                        && (currency == null || currency.equals(transaction.currency()))
                        && (paid == null
                                || (paid.currency().equals(transaction.currency())
                                        && place > paid.after()
                                        && place <= paid.upTo())));
    }

    private synchronized @Nullable Paid paidBy(@Nullable String payout) {
        if (payout == null) return null;
        var paid = paidOut.get(payout);
        if (paid == null) throw Refused.invalid("resource_missing", "No such payout: '" + payout + "'", "payout");
        return paid;
    }
}
