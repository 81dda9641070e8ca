package kontor.inventory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stock that is promised to an order. The quantity is reserved with {@link Inventory#reserve} in the same transaction.
 *
 * @param patience how long the promise lasts if the order is not confirmed by then, counted by the database's clock; null
 *     when it is confirmed
 */
public record NewHold(
        long orderId,
        long variantId,
        long quantity,
        @Nullable Duration patience) {}
