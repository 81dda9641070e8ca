package kontor.events;

import java.time.Instant;

/**
 * A change of an order.
 *
 * @param version numbers the changes of one order from 1 without gaps
 * @param type what happened: {@code order.placed}
 * @param payload a JSON object
 */
public record OrderEvent(long orderId, int version, String type, String payload, Instant at) {}
