package kontor.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A refund request as the API shows it.
 *
 * @param object what tells it from a refund where either may be the answer
 * @param amount what it came to when it was asked for, and what is given back when it is approved
 * @param asked the request for a refund as it was sent
 * @param decision what was said about it
 * @param refundId what came of one that was approved
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RequestedRefundView(
        @Schema(allowableValues = "refund_request") String object,

        long id,
        long orderId,

        @Schema(allowableValues = {"requested", "approved", "declined", "withdrawn"})
        String state,

        Money amount,
        RefundRequest asked,
        String requestedBy,
        Instant requestedAt,
        @Nullable String decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String decision,
        @Nullable Long refundId) {
    static RequestedRefundView of(RequestedRefund request) {
        return new RequestedRefundView(
                "refund_request",
                request.id(),
                request.orderId(),
                request.state().code(),
                request.amount(),
                request.asked(),
                request.requestedBy(),
                request.requestedAt(),
                request.decidedBy(),
                request.decidedAt(),
                request.decision(),
                request.refundId());
    }
}
