package kontor.orders;

import kontor.idempotency.Answer;
import kontor.idempotency.RequestKey;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import kontor.payments.Payment;
import org.jspecify.annotations.Nullable;

/** What the lanes write. */
sealed interface LaneCommand {
    /**
     * A new order with its first payment.
     *
     * @param catalogRevision of the catalogue that it was priced with
     * @param operation what the gateway will be asked once this is committed; null when there is nothing to ask
     */
    record Place(
            RequestKey key,
            long catalogRevision,
            NewOrder order,
            Payment payment,
            @Nullable Operation operation) implements LaneCommand {}

    /**
     * What a gateway answered to an operation.
     *
     * @param key of the request that waits for this; null when it came by webhook or recovery
     * @param answer what the buyer is told if this is the first to settle the operation
     * @param actor who brought the answer: {@code gateway:stripe}, {@code user:17}
     */
    record Settle(
            Operation operation,
            GatewayAnswer gatewayAnswer,
            @Nullable RequestKey key,
            @Nullable Answer answer,
            String actor)
            implements LaneCommand {}
}
