package kontor.payments;

import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A buyer wants money back through their bank.
 *
 * @param reference the gateway's name for it
 * @param withdrawn whether the gateway has taken the amount from our balance
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
        boolean withdrawn,
        @Nullable String reason) {}
