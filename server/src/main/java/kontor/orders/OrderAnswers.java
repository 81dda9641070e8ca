package kontor.orders;

import java.util.LinkedHashMap;
import kontor.idempotency.Answer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Writes the answers to {@code POST /orders}, as the bytes that are sent and kept for a repetition. */
@Component
class OrderAnswers {
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int PAYMENT_REQUIRED = 402;

    private final JsonMapper json;
    private final ObjectWriter orders;

    OrderAnswers(JsonMapper json) {
        this.json = json;
        this.orders = json.writerFor(OrderView.class);
    }

    /** 201 for an order that is confirmed, 202 for one that waits for its payment. */
    Answer of(OrderView order) {
        var status = order.status() == OrderStatus.PENDING_PAYMENT ? ACCEPTED : CREATED;
        return new Answer(status, "/orders/" + order.id(), orders.writeValueAsBytes(order));
    }

    /** 402: the gateway refused, and the order is cancelled. */
    Answer declined(long orderId, String code, String message) {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "/problems/payment_declined");
        problem.put("title", "Payment Required");
        problem.put("status", PAYMENT_REQUIRED);
        problem.put("code", "payment_declined");
        problem.put("detail", message);
        problem.put("decline_code", code);
        problem.put("order_id", orderId);
        return new Answer(PAYMENT_REQUIRED, "/orders/" + orderId, json.writeValueAsBytes(problem));
    }
}
