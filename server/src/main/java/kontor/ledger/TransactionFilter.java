package kontor.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which transactions are looked for; null for any.
 *
 * @param account the code of an account that one of the entries names
 * @param from the first moment of posting
 * @param to the first moment that is too late
 */
record TransactionFilter(
        @Nullable Long orderId,
        @Nullable String account,
        @Nullable String kind,
        @Nullable Instant from,
        @Nullable Instant to) {}
