package kontor.inventory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stock that is promised to an order. The quantity is reserved with {@link Inventory#reserve} in the same transaction.
 *
 * @param patience how long the promise lasts if the order still waits for its payment then, by the database's clock; null
 *     when it was confirmed at once
 */
public record NewHold(
        long orderId,
        long variantId,
        long quantity,
        @Nullable Duration patience) {}
