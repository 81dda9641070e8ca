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
 */
public record Payment(
        long orderId,
        long id,
        String method,
        @Nullable String gateway,
        Money amount,
        PaymentStatus status,
        long captured,
        @Nullable String reference) {}
