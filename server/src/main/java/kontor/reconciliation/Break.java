package kontor.reconciliation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway's books and ours differ.
 *
 * @param amount what is missing, too much, or differs, as it moved or should have moved the gateway's balance
 * @param ageSeconds since it was opened, until it was resolved
 * @param line the gateway's name of its line; null when it has none
 * @param paymentReference the gateway's name of the payment
 * @param source the gateway's name of the refund, dispute or payout
 * @param transactionId what we booked, of the ledger; null when we booked nothing
 * @param resolvedBy {@code user:17}, or {@code server} when it settled itself; null while it is open
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Break(
        long id,
        String gateway,
        String kind,
        Money amount,
        Instant openedAt,
        long ageSeconds,
        @Nullable String line,
        @Nullable String lineKind,
        @Nullable String paymentReference,
        @Nullable String source,
        @Nullable Long transactionId,
        @Nullable Long orderId,
        @Nullable Long paymentId,
        @Nullable Instant resolvedAt,
        @Nullable String resolvedBy,
        @Nullable String note) {}
