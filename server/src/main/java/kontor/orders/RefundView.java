package kontor.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A refund as the API shows it.
 *
 * @param note of staff; shown to staff only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RefundView(
        long id,
        long orderId,
        String state,
        Money amount,
        Money shipping,
        Money tax,
        String reason,
        @Nullable String note,
        @Nullable String actor,
        List<Line> lines,
        List<Part> payments,
        Instant createdAt) {
    /** How many of what goes back, and what for. */
    record Line(String sku, String name, long quantity, Money amount) {}

    /**
     * What goes back to one payment.
     *
     * @param state {@code pending}, {@code succeeded} or {@code failed}
     * @param code why it failed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Part(
            long paymentId,
            Money amount,
            String state,
            @Nullable String code) {}
}
