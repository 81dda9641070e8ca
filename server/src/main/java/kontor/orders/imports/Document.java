package kontor.orders.imports;

import java.time.Instant;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

/**
 * A sale or a credit of the source, with what all its lines say alike.
 *
 * @param number in the order in which they are taken: sales before credits, the oldest first
 * @param lines how many
 */
record Document(
        int number,
        String externalId,
        boolean credit,
        Instant placedAt,
        @Nullable String customer,
        @Nullable String country,
        @Nullable String email,
        Currency currency,
        int lines) {}
