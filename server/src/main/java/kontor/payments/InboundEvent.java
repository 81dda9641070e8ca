package kontor.payments;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message of a gateway as it is kept, without its body.
 *
 * @param eventId the gateway's name of it
 * @param type in the gateway's words
 * @param state what has come of it so far, in the words of {@link InboundEventFilter}
 * @param note why it was ignored or put aside, or what else is odd about it
 * @param orderId of the payment that it was about when it came; null when that was none of ours
 * @param conflicts how often another message came under the same id; the first one counts
 * @param replays how often staff had it acted on again
 * @param replayedBy who did so last
 */
record InboundEvent(
        String gateway,
        String eventId,
        String type,
        String state,
        @Nullable String note,
        @Nullable Long orderId,
        @Nullable Long paymentId,
        Instant receivedAt,
        @Nullable Instant processedAt,
        int conflicts,
        int replays,
        @Nullable String replayedBy,
        @Nullable Instant replayedAt) {
    /** @param body as text; bytes that are none in UTF-8 are replaced */
    record WithBody(InboundEvent event, String body) {}
}
