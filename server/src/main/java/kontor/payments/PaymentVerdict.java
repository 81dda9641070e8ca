package kontor.payments;

import kontor.payments.Operation.Kind;
import kontor.payments.Operation.State;
import org.jspecify.annotations.Nullable;

/**
 * What an answer means for an operation of a payment that stands.
 *
 * @param reference the gateway's name of the payment, when the answer tells it for the first time
 * @param ownReference the gateway's name of what the operation made
 * @param code why it failed, what is unknown about it, or where the buyer must go
 * @param holdIsGone of a capture that failed: nothing is held any more
 */
record PaymentVerdict(
        State state,
        @Nullable String reference,
        @Nullable String ownReference,
        @Nullable String code,
        boolean holdIsGone) {
    private static PaymentVerdict unknown(String why) {
        return new PaymentVerdict(State.UNKNOWN, null, null, why, false);
    }

    private static PaymentVerdict failed(String why) {
        return new PaymentVerdict(State.FAILED, null, null, why, false);
    }

    private static PaymentVerdict done(@Nullable String reference, @Nullable String ownReference) {
        return new PaymentVerdict(State.SUCCEEDED, reference, ownReference, null, false);
    }

    /** Whatever is not clearly the word for it is no answer: the money may have moved. */
    static PaymentVerdict of(Operation operation, GatewayAnswer answer) {
        return switch (answer) {
            case GatewayAnswer.Captured(var reference, var amount)
            when operation.kind() == Kind.AUTHORIZE || operation.kind() == Kind.CAPTURE ->
                amount.equals(operation.amount()) ? done(reference, null) : unknown("captured " + amount);
            case GatewayAnswer.Captured _ when operation.kind() == Kind.VOID -> failed("captured");
            case GatewayAnswer.Refunded(var reference, var amount)
            when operation.kind() == Kind.REFUND ->
                amount.equals(operation.amount()) ? done(null, reference) : unknown("refunded " + amount);
            case GatewayAnswer.Voided(var reference) when operation.kind() == Kind.VOID -> done(reference, null);
            case GatewayAnswer.Voided _ when operation.kind() == Kind.AUTHORIZE -> failed("voided");
            case GatewayAnswer.Voided _
            when operation.kind() == Kind.CAPTURE -> new PaymentVerdict(State.FAILED, null, null, "voided", true);
            case GatewayAnswer.RequiresAction(var reference, var redirect)
            when operation.kind() == Kind.AUTHORIZE ->
                new PaymentVerdict(State.WAITING, reference, null, redirect.toString(), false);
            case GatewayAnswer.Declined no ->
                new PaymentVerdict(
                        State.FAILED,
                        operation.kind() == Kind.AUTHORIZE ? no.reference() : null,
                        null,
                        no.code(),
                        false);
            case GatewayAnswer.Pending(var reference)
            when operation.kind() == Kind.AUTHORIZE ->
                new PaymentVerdict(State.UNKNOWN, reference, null, "pending", false);
            case GatewayAnswer.Pending(var reference) ->
                new PaymentVerdict(State.UNKNOWN, null, reference, "pending", false);
            case GatewayAnswer.NoAnswer(var reason) -> unknown(reason);
            case GatewayAnswer.NotFound _ -> unknown("not found yet");
            case GatewayAnswer.Captured _,
                    GatewayAnswer.Refunded _,
                    GatewayAnswer.Voided _,
                    GatewayAnswer.RequiresAction _,
                    GatewayAnswer.Authorized _ -> unknown("no answer to this: " + answer);
        };
    }
}
