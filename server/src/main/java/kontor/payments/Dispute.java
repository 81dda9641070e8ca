package kontor.payments;

import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A buyer wants money back through their bank.
 *
 * @param reference the gateway's name for it
 * @param movements how often the amount has moved: 1 taken from our balance, 2 given back, 3 taken again
 * @param reason in the gateway's words
 */
public record Dispute(
        long id,
        String gateway,
        String reference,
        long orderId,
        long paymentId,
        Money amount,
        DisputeNews.Status status,
        int movements,
        @Nullable String reason) {
    /** Whether the gateway has taken the amount from our balance. */
    public boolean withdrawn() {
        return movements % 2 == 1;
    }
}
