package kontor.orders;

import kontor.idempotency.Recorded;

/** What became of a {@link LaneCommand}. */
sealed interface LaneResult {
    /** Committed. */
    record Written() implements LaneResult {}

    /** The key was used before; nothing was written. */
    record Repeated(Recorded before) implements LaneResult {}

    /** Nothing was written: of this variant so much is left. */
    record SoldOut(long variantId, long available) implements LaneResult {}

    /** Nothing was written: its customer has so many unpaid orders, and may have no more. */
    record TooManyOpen(long open) implements LaneResult {}

    /** Nothing was written: its customer's unpaid orders name so many units, and with its own they would be too many. */
    record TooManyHeld(long held, long units) implements LaneResult {}

    /** Nothing was written: the catalogue has changed since the order was priced. */
    record Stale() implements LaneResult {}

    /** Somebody else has settled the operation; nothing was written. */
    record AlreadySettled() implements LaneResult {}
}
