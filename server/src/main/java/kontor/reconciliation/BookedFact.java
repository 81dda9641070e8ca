package kontor.reconciliation;

import kontor.money.Money;
import kontor.payments.BalancePage.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What our books say a gateway did: a ledger transaction that moves gateway clearing.
 *
 * @param kind of the line that would say the same
 * @param operationId null for disputes
 * @param reference the gateway's name of the refund or dispute; null while it is not known
 * @param amount as it moved gateway clearing
 * @param matched whether a line says so
 */
record BookedFact(
        long transactionId,
        Kind kind,
        long orderId,
        long paymentId,
        @Nullable Long operationId,
        @Nullable String reference,
        Money amount,
        boolean matched) {
    /** Whether a line names this very fact, by the operation's key or by the gateway's reference. */
    boolean isNamedBy(BookLine line) {
        if (kind != line.kind()) return false;
        if (reference != null && reference.equals(line.source())) return true;
        return operationId != null && operationId.equals(line.keyOperationId());
    }
}
