package kontor.orders;

import kontor.idempotency.Answer;
import kontor.money.Money;

/** What can come of placing an order. */
public sealed interface PlaceOrderResult {
    /** The order stands, confirmed at once. */
    record Placed(OrderView order) implements PlaceOrderResult {}

    /**
     * The order stands, and this is what its buyer is told: confirmed, waiting for the payment, or cancelled because the
     * gateway declined.
     *
     * @param replayed whether an earlier request with the same key was told so first
     */
    record Answered(Answer answer, boolean replayed) implements PlaceOrderResult {}

    /** Not enough is left; nothing was written. */
    record OutOfStock(String sku, long available) implements PlaceOrderResult {}

    /** Its customer has so many unpaid orders, and may have no more; nothing was written. */
    record TooManyOpenOrders(long limit, long open) implements PlaceOrderResult {}

    /** Its customer's unpaid orders name so many units, and with its own they would be too many; nothing was written. */
    record TooManyUnitsHeld(long limit, long held, long units) implements PlaceOrderResult {
        /** Whether it would be too large though nothing else were held. */
        boolean isTooLargeAlone() {
            return units > limit;
        }
    }

    /** It costs something else than the buyer expects; nothing was written. */
    record PriceChanged(Money total) implements PlaceOrderResult {}
}
