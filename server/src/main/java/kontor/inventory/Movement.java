package kontor.inventory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of what lies at a location; their sum is what lies there.
 *
 * @param location its code
 * @param orderId the order that it was shipped for or returned from; null for every other reason
 * @param actor who did it: {@code user:17}
 */
public record Movement(
        long id,
        String location,
        long delta,
        String reason,
        @Nullable Long orderId,
        String actor,
        Instant createdAt) {}
