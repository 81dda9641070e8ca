package kontor.inventory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Stock that is promised to an order. The quantity is reserved with {@link Inventory#reserve} in the same transaction.
 *
 * @param expiresAt when the promise ends if the order is not confirmed by then; null when it is
 */
public record NewHold(
        long orderId,
        long variantId,
        long quantity,
        @Nullable Instant expiresAt) {}
