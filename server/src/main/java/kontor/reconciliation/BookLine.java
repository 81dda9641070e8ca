package kontor.reconciliation;

import kontor.money.Money;
import kontor.payments.BalancePage.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A line of a gateway's books as it is kept here.
 *
 * @param amount before the fee
 * @param fee in minor units
 * @param lineId the gateway's name of it
 * @param keyOperationId the operation of ours that its key names; null when it has none
 * @param orderId and paymentId: what it is about; null while nothing here is known to be
 */
record BookLine(
        long id,
        String gateway,
        Kind kind,
        Money amount,
        long fee,
        String lineId,
        @Nullable String source,
        @Nullable Long keyOperationId,
        @Nullable Long orderId,
        @Nullable Long paymentId,
        State state) {
    /** What came of looking for it in our books. */
    enum State {
        WAITING,
        MATCHED,
        SUSPENDED
    }

    boolean isDecided() {
        return state == State.MATCHED;
    }
}
