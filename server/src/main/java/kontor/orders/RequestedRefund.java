package kontor.orders;

import java.time.Instant;
import java.util.Locale;
import kontor.money.Money;
import kontor.web.Caller;
import org.jspecify.annotations.Nullable;

/**
 * A refund above the limit that somebody has asked for and somebody else has to approve: a refund request.
 *
 * @param amount what it came to when it was asked for
 * @param asked as the API took it
 * @param requestedBy {@code user:17}, {@code key:5}
 * @param requesterId the user behind it, also behind an API key or a client
 * @param decision what was said about it
 * @param refundId what came of one that was approved
 */
record RequestedRefund(
        long id,
        long orderId,
        State state,
        Money amount,
        RefundRequest asked,
        String requestedBy,
        long requesterId,
        Instant requestedAt,
        @Nullable String decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String decision,
        @Nullable Long refundId) {
    /** How far it has come. */
    enum State {
        REQUESTED,
        APPROVED,
        DECLINED,
        WITHDRAWN;

        private final String code = name().toLowerCase(Locale.ROOT);

        String code() {
            return code;
        }

        static State ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /** Whether the caller has asked for it, with whatever program. */
    boolean isBy(Caller caller) {
        return requesterId == caller.userId();
    }
}
