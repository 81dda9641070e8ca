package kontor.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * A key about to be used.
 *
 * @param answer what the request will be answered if the transaction commits; null when that is not known yet
 * @param orderId of the order that the request makes; null when it makes none
 */
public record Claim(
        RequestKey key, @Nullable Answer answer, @Nullable Long orderId) {}
