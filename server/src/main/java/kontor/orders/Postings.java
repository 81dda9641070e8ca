package kontor.orders;

import java.time.Instant;
import java.util.Currency;
import java.util.List;
import kontor.ledger.Account;
import kontor.ledger.Posting;

/** How the facts of an order's life are written into the books. */
public class Postings {
    private Postings() {}

    /** Sold on invoice: the customer owes the total. */
    static Posting invoiced(NewOrder order) {
        return invoiced(order.id(), order.currency(), order.totals(), order.placedAt());
    }

    /** The same for an order that was sold elsewhere. */
    public static Posting invoiced(long orderId, Currency currency, Totals totals, Instant at) {
        return new Posting(
                orderId, Posting.Source.ORDER, orderId, "invoice", currency, sale(Account.RECEIVABLES, totals), at);
    }

    /** A gateway took the total: it holds the money for us. */
    static Posting captured(long orderId, long operationId, Currency currency, Totals totals, Instant at) {
        return new Posting(
                orderId,
                Posting.Source.OPERATION,
                operationId,
                "capture",
                currency,
                sale(Account.GATEWAY_CLEARING, totals),
                at);
    }

    /** An open invoice is cancelled: the sale is taken back in full. */
    static Posting invoiceCancelled(long orderId, Currency currency, Totals totals, Instant at) {
        var entries = sale(Account.RECEIVABLES, totals).stream()
                .map(entry -> new Posting.Entry(entry.account(), Math.negateExact(entry.amount())))
                .toList();
        return new Posting(orderId, Posting.Source.ORDER, orderId, "cancellation", currency, entries, at);
    }

    private static List<Posting.Entry> sale(Account debtor, Totals totals) {
        return new Posting.Entries()
                .debit(debtor, totals.total())
                .credit(Account.REVENUE, Math.subtractExact(totals.subtotal(), totals.discount()))
                .credit(Account.SHIPPING_REVENUE, totals.shipping())
                .credit(Account.TAX_PAYABLE, totals.tax())
                .list();
    }
}
