package kontor.payments;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something for staff to look at.
 *
 * @param seenAt when it was met last
 * @param resolvedBy who closed it: {@code user:17}, or {@code server} when it settled itself; null while it is open
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record WorkItem(
        long id,
        String kind,
        String subject,
        @Nullable String detail,
        @Nullable Long orderId,
        @Nullable Long paymentId,
        @Nullable Long operationId,
        Instant openedAt,
        Instant seenAt,
        @Nullable Instant resolvedAt,
        @Nullable String resolvedBy,
        @Nullable String resolution) {}
