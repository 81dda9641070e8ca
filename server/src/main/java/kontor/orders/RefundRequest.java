package kontor.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.money.Money;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /orders/{id}/refunds}: an amount, or what of the order it is for; without either, all that is left. When both
 * are given they have to agree.
 *
 * @param shipping how much of the shipping goes back with the lines
 * @param note for staff; buyers never see it
 * @param payments to which payments how much goes back; without them to the oldest first
 * @param method {@code transfer} when it goes back past the gateways, and has been sent already: above the limit from which
 *     somebody else has to approve it, it is sent after that and never before; without it, each payment gets its part the way
 *     it came
 * @param reference of the bank's statement, for what goes back past any gateway; of one that is still to be approved, what it
 *     is going to be sent with
 */
public record RefundRequest(
        @Nullable Money amount,
        @Nullable @Size(min = 1, max = 1000) List<@NotNull @Valid Line> lines,
        @Nullable Money shipping,

        @NotNull
        @Pattern(
                regexp = "requested_by_customer|returned|damaged|not_delivered|duplicate|fraudulent|other",
                message =
                        "must be one of requested_by_customer, returned, damaged, not_delivered, duplicate, fraudulent, other")
        @Schema(
                allowableValues = {
                    "requested_by_customer",
                    "returned",
                    "damaged",
                    "not_delivered",
                    "duplicate",
                    "fraudulent",
                    "other"
                })
        String reason,

        @Nullable @Size(max = 1000) @PlainText(lines = true) String note,
        @Nullable @Size(min = 1, max = 20) List<@NotNull @Valid Allocation> payments,

        // Left out when it is not there: requests that were sent before there was such a field keep their fingerprint.
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        @Pattern(regexp = "transfer", message = "must be transfer")
        @Schema(
                allowableValues = "transfer",
                description = "it goes back past the gateways and has been sent already; above"
                        + " kontor.orders.refund-approval-above it is sent after somebody else has approved it only")
        String method,

        @Nullable @Size(max = 140) @PlainText String reference) {
    boolean isTransfer() {
        return method != null;
    }

    /** How many of what goes back. */
    public record Line(
            @NotBlank @Size(max = 64) @PlainText(barCodes = true) @Schema(example = "85123A")
            String sku,

            @Min(1) @Max(1_000_000) @Schema(example = "1") long quantity) {}

    /** How much goes back to which payment. */
    public record Allocation(
            @Min(1) long paymentId, @NotNull Money amount) {}
}
