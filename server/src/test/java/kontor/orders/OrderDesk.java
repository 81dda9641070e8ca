package kontor.orders;

import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import kontor.money.Money;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Orders as their controllers handle them, without HTTP in between. */
public class OrderDesk {
    public static final Currency GBP = Currency.getInstance("GBP");
    private static final Caller STAFF = new Caller(1, Set.of("*"));

    private final Orders orders;
    private final OrderAnswers answers;
    private final Capturing capturing;
    private final Refunding refunding;
    private final Paying paying;
    private final CancelRequests cancelRequests;
    private final Cancelling cancelling;
    private final JsonMapper json;

    OrderDesk(
            Orders orders,
            OrderAnswers answers,
            Capturing capturing,
            Refunding refunding,
            Paying paying,
            CancelRequests cancelRequests,
            Cancelling cancelling,
            JsonMapper json) {
        this.orders = orders;
        this.answers = answers;
        this.capturing = capturing;
        this.refunding = refunding;
        this.paying = paying;
        this.cancelRequests = cancelRequests;
        this.cancelling = cancelling;
        this.json = json;
    }

    /** What a client would see. */
    public record Reply(int status, JsonNode body) {
        public String code() {
            return body.path("code").asString("");
        }

        public long id() {
            return body.path("id").asLong(body.path("order_id").asLong(0));
        }

        @Override
        public String toString() {
            return status
                    + (status >= 400 ? " " + code() + body.path("decline_code").asString("") : "");
        }
    }

    /** @param token null for an invoice */
    public Reply place(String key, String sku, long quantity, @Nullable String token, boolean later) {
        var payment = token == null
                ? new OrderRequest.Payment("invoice", null, null, null, null)
                : new OrderRequest.Payment("card", "simulated", token, "/back", later ? "later" : "at_once");
        var request =
                new OrderRequest(GBP, null, List.of(new OrderRequest.Line(sku, quantity)), null, null, payment, null);
        return reply(() -> switch (orders.place(request, List.of(key), STAFF)) {
            case PlaceOrderResult.Placed(var order) -> answers.of(order).toResponse(false);
            case PlaceOrderResult.Answered(var answer, var replayed) -> answer.toResponse(replayed);
            case PlaceOrderResult.OutOfStock _,
                    PlaceOrderResult.PriceChanged _,
                    PlaceOrderResult.TooManyOpenOrders _,
                    PlaceOrderResult.TooManyUnitsHeld _ ->
                throw new IllegalStateException("stock and prices never change here");
        });
    }

    /** @param amount null for all */
    public Reply capture(String key, long order, @Nullable Long amount, boolean last) {
        return reply(() -> capturing.capture(order, new Capturing.Request(gbp(amount), last), STAFF, List.of(key)));
    }

    /** @param amount null for all that is left */
    public Reply refund(String key, long order, @Nullable Long amount) {
        var request = new RefundRequest(gbp(amount), null, null, "other", null, null, null, null);
        return reply(() -> refunding.refund(order, request, STAFF, List.of(key)));
    }

    /**
     * @param token null for a bank transfer
     * @param amount null for all that is due
     */
    public Reply pay(String key, long order, @Nullable String token, @Nullable Long amount) {
        var request = token == null
                ? new Paying.Request("transfer", gbp(amount), null, null, null, "statement 1")
                : new Paying.Request("card", gbp(amount), "simulated", token, "/back", null);
        return reply(() -> paying.pay(order, null, request, STAFF, List.of(key)));
    }

    public Reply cancel(String key, long order) {
        return reply(() ->
                cancelRequests.answer(order, null, STAFF, new OrderController.Cancellation("mistake"), List.of(key)));
    }

    /** Calls off whose buyers did not come back. */
    public void expire() {
        cancelling.cancelExpired();
        paying.endForgotten();
    }

    private static @Nullable Money gbp(@Nullable Long amount) {
        return amount == null ? null : new Money(amount, GBP);
    }

    private Reply reply(Supplier<ResponseEntity<?>> request) {
        try {
            var response = request.get();
            return new Reply(response.getStatusCode().value(), bodyOf(response));
        } catch (Refusal refusal) {
            return new Reply(refusal.status().value(), json.createObjectNode().put("code", refusal.code()));
        }
    }

    private JsonNode bodyOf(ResponseEntity<?> response) {
        if (response.getBody() instanceof byte[] bytes) return json.readTree(bytes);
        return json.readTree(json.writeValueAsBytes(response.getBody()));
    }
}
