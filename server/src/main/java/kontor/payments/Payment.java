package kontor.payments;

import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to pay an order.
 *
 * @param method {@code invoice} or {@code card}
 * @param gateway null for invoice
 * @param captured in minor units of the amount's currency
 * @param reference the gateway's name for it; null until the gateway gave one
 * @param balance what is under way, given back, replaced and disputed
 */
public record Payment(
        long orderId,
        long id,
        String method,
        @Nullable String gateway,
        Money amount,
        PaymentStatus status,
        long captured,
        @Nullable String reference,
        Balance balance) {
    /** One of which nothing is under way, and from which nothing has gone back. */
    public Payment(
            long orderId,
            long id,
            String method,
            @Nullable String gateway,
            Money amount,
            PaymentStatus status,
            long captured,
            @Nullable String reference) {
        this(orderId, id, method, gateway, amount, status, captured, reference, Balance.NONE);
    }

    /**
     * The rest of what is known of a payment's money, in minor units of its currency.
     *
     * @param capturing what operations under way may take; of an invoice, what other payments may take in its place
     * @param refunded what went back
     * @param refunding what refunds under way may give back
     * @param replaced of an invoice: what other payments of the order took in its place
     * @param disputed what a dispute has taken and not given back
     * @param late taken after the payment had ended, so that it pays for nothing
     */
    public record Balance(long capturing, long refunded, long refunding, long replaced, long disputed, boolean late) {
        static final Balance NONE = new Balance(0, 0, 0, 0, 0, false);
    }

    public boolean isInvoice() {
        return "invoice".equals(method);
    }

    /** What can still be taken of what is held. */
    public long capturable() {
        return status == PaymentStatus.AUTHORIZED ? amount.minorUnits() - captured - balance.capturing() : 0;
    }

    /** What can still be given back: what is under way or disputed counts as gone. */
    public long refundable() {
        return Math.max(0, captured - balance.refunded() - balance.refunding() - balance.disputed());
    }

    /** What is still to be paid on an invoice, also by payments that are under way. */
    public long due() {
        return isInvoice() && status == PaymentStatus.OPEN ? amount.minorUnits() - captured - balance.replaced() : 0;
    }
}
