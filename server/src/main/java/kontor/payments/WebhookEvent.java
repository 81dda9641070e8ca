package kontor.payments;

import java.time.Instant;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A message that really came from a gateway. It is a hint: it may come twice, late and in any order, so whoever acts on
 * it compares and sets.
 *
 * @param id the gateway's name of it, the same on every delivery
 * @param type in the gateway's words, such as {@code payment_intent.succeeded}; may be one we do not know
 * @param gatewayReference of the payment it is about
 * @param paymentId ours, as the gateway kept it for us
 * @param operationKey of the operation that caused it, as far as the gateway tells
 * @param answer the state of the payment or refund when the message was written, in the words of an answer; {@code
 *     null} when the message says nothing of that kind
 * @param dispute null when it is about none
 * @param concerns the kind of operation whose outcome it tells; {@code null} when it does not say
 * @param amount that it is about, where the answer does not say; {@code null} when it does not say either
 */
public record WebhookEvent(
        String id,
        String type,
        Instant createdAt,
        @Nullable String gatewayReference,
        @Nullable Long paymentId,
        @Nullable String operationKey,
        @Nullable GatewayAnswer answer,
        @Nullable DisputeNews dispute,
        Operation.@Nullable Kind concerns,
        @Nullable Money amount) {
    /** Of a gateway that can be asked. */
    public WebhookEvent(
            String id,
            String type,
            Instant createdAt,
            @Nullable String gatewayReference,
            @Nullable Long paymentId,
            @Nullable String operationKey,
            @Nullable GatewayAnswer answer,
            @Nullable DisputeNews dispute) {
        this(id, type, createdAt, gatewayReference, paymentId, operationKey, answer, dispute, null, null);
    }

    /** Whose amount its answer says. */
    public WebhookEvent(
            String id,
            String type,
            Instant createdAt,
            @Nullable String gatewayReference,
            @Nullable Long paymentId,
            @Nullable String operationKey,
            @Nullable GatewayAnswer answer,
            @Nullable DisputeNews dispute,
            Operation.@Nullable Kind concerns) {
        this(id, type, createdAt, gatewayReference, paymentId, operationKey, answer, dispute, concerns, null);
    }

    /** The same, about a payment that its operation has led to. */
    WebhookEvent about(long payment) {
        return new WebhookEvent(
                id, type, createdAt, gatewayReference, payment, operationKey, answer, dispute, concerns, amount);
    }

    /** Whether it says that a refund was not paid out. */
    boolean refusesRefund() {
        return concerns == Operation.Kind.REFUND && answer instanceof GatewayAnswer.Declined;
    }

    /** Whether anything here follows from it. */
    boolean tells() {
        return answer != null || dispute != null;
    }
}
