package kontor.payments;

import java.util.Locale;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * One question to a gateway. Its row is committed before the gateway is asked, under a key made of its id that lets the
 * gateway do it at most once.
 *
 * @param captures whether an authorize takes the money in the same call
 * @param token the gateway's name for the buyer's card; null for what needs none
 * @param returnUrl where the buyer comes back to after 3-D Secure
 * @param reference the gateway's name for the payment; null until the gateway gave one
 * @param cause who wants it; null for what belongs to placing the order
 * @param capturedBefore of a capture: what the payment's earlier captures took, in minor units
 * @param last of a capture: whether the rest of the hold is given up
 * @param refundId of a refund: the document that it pays out; null for any other kind
 * @param ownReference the gateway's name for what the operation made, such as a refund
 * @param epoch how often it was taken up to be asked about; what was found out under an earlier one is not written down
 *     unless it is final
 */
public record Operation(
        long orderId,
        long paymentId,
        long id,
        Kind kind,
        String gateway,
        Money amount,
        boolean captures,
        @Nullable String token,
        @Nullable String returnUrl,
        @Nullable String reference,
        @Nullable Cause cause,
        long capturedBefore,
        boolean last,
        @Nullable Long refundId,
        @Nullable String ownReference,
        int epoch) {
    /** The gateway of what went past any: by bank transfer, written down by staff. */
    public static final String TRANSFER = "transfer";

    /** One that belongs to no refund and captures nothing that is held. */
    public Operation(
            long orderId,
            long paymentId,
            long id,
            Kind kind,
            String gateway,
            Money amount,
            boolean captures,
            @Nullable String token,
            @Nullable String returnUrl,
            @Nullable String reference,
            @Nullable Cause cause) {
        this(
                orderId, paymentId, id, kind, gateway, amount, captures, token, returnUrl, reference, cause, 0, false,
                null, null, 0);
    }

    /**
     * Who wants it and why, kept with the question: whoever brings the answer, after a crash even another server, knows
     * what to write into the order's history.
     *
     * @param actor {@code user:17}, {@code expiry} or {@code recovery}
     * @param requestKey the Idempotency-Key of the actor's request; null without one
     * @param reason in the actor's words
     */
    public record Cause(
            String actor,
            @Nullable String requestKey,
            @Nullable String reason) {}

    /** What is known of the answer. {@code INTENT}: perhaps asked; {@code UNKNOWN}: asked, no answer; {@code WAITING}: for the buyer. */
    public enum State {
        INTENT,
        UNKNOWN,
        WAITING,
        SUCCEEDED,
        FAILED;

        private final String code = name().toLowerCase(Locale.ROOT);

        public String code() {
            return code;
        }

        /** Whether an answer may still come. */
        public boolean isOpen() {
            return this == INTENT || this == UNKNOWN || this == WAITING;
        }

        static State ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /** What the gateway is asked to do. */
    public enum Kind {
        AUTHORIZE,
        CAPTURE,
        VOID,
        REFUND;

        private final String code = name().toLowerCase(Locale.ROOT);

        public String code() {
            return code;
        }

        static Kind ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /** The same question, about a payment whose name at the gateway has become known. */
    Operation named(String gatewayReference) {
        return new Operation(
                orderId,
                paymentId,
                id,
                kind,
                gateway,
                amount,
                captures,
                token,
                returnUrl,
                gatewayReference,
                cause,
                capturedBefore,
                last,
                refundId,
                ownReference,
                epoch);
    }
}
