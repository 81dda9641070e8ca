package kontor.orders;

import java.time.Instant;
import java.util.Currency;
import kontor.events.OrderEvent;

/** What others hear of an order: enough to know what changed; the whole order is a GET away. */
public class OrderEvents {
    private OrderEvents() {}

    public static OrderEvent of(
            String type,
            long orderId,
            int version,
            OrderStatus status,
            PaymentState paymentStatus,
            Currency currency,
            Totals totals,
            Instant at) {
        // Written by hand: every value is a number or a word of ours, and this runs for every order.
        var payload = "{\"order_id\":" + orderId + ",\"status\":\"" + status.code() + "\",\"payment_status\":\""
                + paymentStatus.code() + "\",\"total\":{\"amount\":" + totals.total() + ",\"currency\":\""
                + currency.getCurrencyCode() + "\"}}";
        return new OrderEvent(orderId, version, type, payload, at);
    }

    static OrderEvent of(String type, OrderStore.Row order, Instant at) {
        return of(
                type,
                order.id(),
                order.version(),
                order.status(),
                order.paymentStatus(),
                order.currency(),
                order.totals(),
                at);
    }
}
