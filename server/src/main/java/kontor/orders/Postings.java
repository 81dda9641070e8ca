package kontor.orders;

import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import kontor.ledger.Account;
import kontor.ledger.Posting;
import kontor.payments.Dispute;
import kontor.payments.Operation;

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

    /** An open invoice is cancelled: the sale is taken back as far as it is still due. */
    static Posting invoiceCancelled(long orderId, Currency currency, Totals totals, long due, Instant at) {
        var parts = partsOf(totals);
        var back = Split.of(due, parts);
        var entries = new Posting.Entries()
                .debit(Account.REVENUE, back[0])
                .debit(Account.SHIPPING_REVENUE, back[1])
                .debit(Account.TAX_PAYABLE, back[2])
                .credit(Account.RECEIVABLES, due)
                .list();
        return new Posting(orderId, Posting.Source.ORDER, orderId, "cancellation", currency, entries, at);
    }

    /**
     * A gateway took a part of what an order comes to, or all of it.
     *
     * @param booked what earlier captures have booked
     */
    static Posting capturedInPart(Operation operation, Totals totals, Map<Account, Long> booked, Instant at) {
        var parts = partsOf(totals);
        var accounts = List.of(Account.REVENUE, Account.SHIPPING_REVENUE, Account.TAX_PAYABLE);
        for (var i = 0; i < parts.length; i++) parts[i] += booked.getOrDefault(accounts.get(i), 0L);
        var sold = Split.of(operation.amount().minorUnits(), parts);
        return of(
                operation,
                "capture",
                new Posting.Entries()
                        .debit(Account.GATEWAY_CLEARING, operation.amount().minorUnits())
                        .credit(Account.REVENUE, sold[0])
                        .credit(Account.SHIPPING_REVENUE, sold[1])
                        .credit(Account.TAX_PAYABLE, sold[2]),
                at);
    }

    /** A gateway took what was due on an invoice, or a bank transfer brought it. */
    static Posting invoicePaid(Operation operation, Instant at) {
        var amount = operation.amount().minorUnits();
        return of(
                operation,
                isTransfer(operation) ? "payment" : "capture",
                new Posting.Entries().debit(holderOf(operation), amount).credit(Account.RECEIVABLES, amount),
                at);
    }

    /** A gateway took money that nobody owed any more: it is the buyer's. */
    static Posting takenLate(Operation operation, Instant at) {
        var amount = operation.amount().minorUnits();
        return of(
                operation,
                "late_capture",
                new Posting.Entries().debit(Account.GATEWAY_CLEARING, amount).credit(Account.CUSTOMER_CREDIT, amount),
                at);
    }

    /**
     * Money went back.
     *
     * @param parts what this operation's share of the refund is for
     */
    static Posting refunded(Operation operation, Refund.Parts parts, Instant at) {
        return of(
                operation,
                "refund",
                new Posting.Entries()
                        .debit(Account.REFUNDS, Math.addExact(parts.goods(), parts.shipping()))
                        .debit(Account.TAX_PAYABLE, parts.tax())
                        .debit(Account.CUSTOMER_CREDIT, parts.credit())
                        .credit(holderOf(operation), operation.amount().minorUnits()),
                at);
    }

    /**
     * Money that went back came back to us.
     *
     * @param parts as of {@link #refunded}
     */
    static Posting refundCameBack(Operation operation, Refund.Parts parts, Instant at) {
        var refunded = refunded(operation, parts, at);
        var entries = new Posting.Entries();
        refunded.entries().forEach(entry -> entries.credit(entry.account(), entry.amount()));
        return of(operation, "refund_reversal", entries, at);
    }

    /** A dispute: the gateway took the money off our balance, gave it back, took it again, or keeps it for good. */
    static Posting disputed(Dispute dispute, String kind, Instant at) {
        var amount = dispute.amount().minorUnits();
        var entries = switch (kind) {
            case "dispute", "dispute_again" ->
                new Posting.Entries().debit(Account.DISPUTED, amount).credit(Account.GATEWAY_CLEARING, amount);
            case "dispute_reversal" ->
                new Posting.Entries().debit(Account.GATEWAY_CLEARING, amount).credit(Account.DISPUTED, amount);
            case "dispute_loss" ->
                new Posting.Entries().debit(Account.DISPUTE_LOSSES, amount).credit(Account.DISPUTED, amount);
            default -> throw new IllegalArgumentException(kind);
        };
        return new Posting(
                dispute.orderId(),
                Posting.Source.DISPUTE,
                dispute.id(),
                kind,
                dispute.amount().currency(),
                entries.list(),
                at);
    }

    private static Posting of(Operation operation, String kind, Posting.Entries entries, Instant at) {
        return new Posting(
                operation.orderId(),
                Posting.Source.OPERATION,
                operation.id(),
                kind,
                operation.amount().currency(),
                entries.list(),
                at);
    }

    private static boolean isTransfer(Operation operation) {
        return operation.gateway().equals(Operation.TRANSFER);
    }

    private static Account holderOf(Operation operation) {
        return isTransfer(operation) ? Account.BANK : Account.GATEWAY_CLEARING;
    }

    /** Goods, shipping and tax of a total. */
    static long[] partsOf(Totals totals) {
        return new long[] {Math.subtractExact(totals.subtotal(), totals.discount()), totals.shipping(), totals.tax()};
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
