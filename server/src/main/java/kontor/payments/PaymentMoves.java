package kontor.payments;

import java.util.List;
import java.util.Optional;
import kontor.money.Money;
import kontor.payments.Operation.Cause;
import kontor.payments.Operation.Kind;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What happens to payments once they stand: captures, refunds, voids of what is held, and further payments of an invoice.
 * Everything here takes part in the transaction of a caller who has locked the order, and the check of every limit is the
 * update that takes from it.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class PaymentMoves {
    private final PaymentMoveStore store;
    private final PaymentStore payments;
    private final OperationStore operations;
    private final Payments front;

    PaymentMoves(PaymentMoveStore store, PaymentStore payments, OperationStore operations, Payments front) {
        this.store = store;
        this.payments = payments;
        this.operations = operations;
        this.front = front;
    }

    /** What came of wanting to ask a gateway for something. Of all but {@link Begun} the caller takes its transaction back. */
    public sealed interface Beginning {
        /** Written down: to be asked once it is committed. */
        record Begun(Operation operation) implements Beginning {}

        /**
         * More than is there.
         *
         * @param left in minor units of the payment's currency
         */
        record TooMuch(Payment payment, long left) implements Beginning {}

        /** Another operation of the payment is under way. */
        record Busy(Payment payment) implements Beginning {}
    }

    /**
     * Takes a part of what a payment holds, or all of it.
     *
     * @param amount in minor units
     * @param last whether the rest of the hold is given up
     */
    public Beginning beginCapture(Payment payment, long amount, boolean last, Cause cause) {
        var before = store.startCapturing(payment, amount);
        if (before.isEmpty()) return new Beginning.TooMuch(payment, payment.capturable());
        return begun(payment, operation(payment, Kind.CAPTURE, amount, cause, before.get(), last, null));
    }

    /** @param amount in minor units */
    public Beginning beginRefund(Payment payment, long amount, long refundId, Cause cause) {
        if (!store.startRefunding(payment, amount)) return new Beginning.TooMuch(payment, payment.refundable());
        return begun(payment, operation(payment, Kind.REFUND, amount, cause, 0, false, refundId));
    }

    /** Gives up what came too late and is only held. */
    public Beginning beginVoid(Payment payment, Cause cause) {
        return begun(payment, front.voidOf(payment, cause));
    }

    /**
     * Writes a further payment of an order on invoice. What it asks for is set aside on the invoice, so that nothing else
     * can ask for it too.
     *
     * @return {@link Beginning.TooMuch} when less is due, {@link Beginning.Busy} when another payment of the order is under way
     */
    public Beginning beginPayment(Payment invoice, Payment payment, Operation authorize) {
        if (!store.setAside(invoice, payment.amount().minorUnits()))
            return new Beginning.TooMuch(
                    invoice, invoice.due() - invoice.balance().capturing());
        if (!store.insert(payment)) return new Beginning.Busy(payment);
        return begun(payment, authorize);
    }

    private Beginning begun(Payment payment, Operation operation) {
        return operations.insertOperation(operation, Operation.State.INTENT)
                ? new Beginning.Begun(operation)
                : new Beginning.Busy(payment);
    }

    /**
     * Writes that money came in or went back past any gateway, such as by bank transfer: an operation that has happened.
     *
     * @param kind {@link Kind#CAPTURE} or {@link Kind#REFUND}
     * @param reference of the bank's statement
     * @return {@link Beginning.TooMuch} when it is more than is due, or than was paid
     */
    public Beginning recordTransfer(
            Payment payment, Kind kind, long amount, @Nullable String reference, @Nullable Long refundId, Cause cause) {
        var taken = kind == Kind.CAPTURE ? store.receive(payment, amount) : store.giveBack(payment, amount);
        if (!taken)
            return new Beginning.TooMuch(
                    payment,
                    kind == Kind.CAPTURE ? payment.due() - payment.balance().capturing() : payment.refundable());
        var operation = new Operation(
                payment.orderId(),
                payment.id(),
                front.nextOperationId(),
                kind,
                Operation.TRANSFER,
                new Money(amount, payment.amount().currency()),
                false,
                null,
                null,
                reference,
                cause,
                payment.captured(),
                false,
                refundId,
                null,
                0);
        operations.insertOperation(operation, Operation.State.SUCCEEDED);
        return new Beginning.Begun(operation);
    }

    private Operation operation(
            Payment payment,
            Kind kind,
            long amount,
            Cause cause,
            long capturedBefore,
            boolean last,
            @Nullable Long refundId) {
        if (payment.gateway() == null) throw new IllegalArgumentException("an invoice has no gateway to ask");
        return new Operation(
                payment.orderId(),
                payment.id(),
                front.nextOperationId(),
                kind,
                payment.gateway(),
                new Money(amount, payment.amount().currency()),
                false,
                null,
                null,
                payment.reference(),
                cause,
                capturedBefore,
                last,
                refundId,
                null,
                0);
    }

    /** What an answer made of an operation. */
    public sealed interface Settled {
        /** It was settled before, or is still not known. */
        record Unchanged() implements Settled {}

        /** The buyer has to act first. */
        record Waiting() implements Settled {}

        /** It was carried out. */
        record Done(Payment payment) implements Settled {}

        /**
         * It moved nothing and never will.
         *
         * @param code why, a stable word
         */
        record Failed(Payment payment, String code) implements Settled {}
    }

    /** Records an answer if the operation still waits for one; the first to bring it settles it. */
    public Settled settle(Operation operation, GatewayAnswer answer) {
        var verdict = PaymentVerdict.of(operation, answer);
        if (!store.settle(operation, verdict)) return new Settled.Unchanged();
        return switch (verdict.state()) {
            case SUCCEEDED -> {
                succeed(operation, verdict);
                yield new Settled.Done(find(operation));
            }
            case FAILED -> {
                fail(operation, verdict);
                yield new Settled.Failed(find(operation), String.valueOf(verdict.code()));
            }
            case WAITING -> {
                store.putStatus(operation, PaymentStatus.REQUIRES_ACTION, verdict.reference());
                yield new Settled.Waiting();
            }
            case INTENT, UNKNOWN -> {
                if (operation.kind() == Kind.AUTHORIZE)
                    store.putStatus(operation, PaymentStatus.UNKNOWN, verdict.reference());
                yield new Settled.Unchanged();
            }
        };
    }

    private void succeed(Operation operation, PaymentVerdict verdict) {
        var amount = operation.amount().minorUnits();
        switch (operation.kind()) {
            case AUTHORIZE -> {
                store.captureAtOnce(operation, verdict.reference());
                store.replaceInvoice(operation.orderId(), amount);
            }
            case CAPTURE -> store.capture(operation);
            case REFUND -> store.refund(operation);
            case VOID -> {
                store.giveUp(operation);
                // What had ended before has released what it had set aside.
                if (store.endWaiting(operation) && isFurther(operation))
                    store.releaseInvoice(
                            operation.orderId(), find(operation).amount().minorUnits());
            }
        }
    }

    private void fail(Operation operation, PaymentVerdict verdict) {
        switch (operation.kind()) {
            case AUTHORIZE -> {
                store.putStatus(operation, PaymentStatus.FAILED, verdict.reference());
                store.releaseInvoice(operation.orderId(), operation.amount().minorUnits());
            }
            case CAPTURE -> store.stopCapturing(operation, verdict.holdIsGone());
            case REFUND -> store.stopRefunding(operation);
            case VOID -> {}
        }
    }

    /** Whether the payment was begun beside an invoice, which has set its amount aside. */
    private boolean isFurther(Operation operation) {
        return payments.ofOrders(List.of(operation.orderId())).stream().anyMatch(Payment::isInvoice);
    }

    private Payment find(Operation operation) {
        return payments.find(operation.paymentId(), null).orElseThrow();
    }

    /**
     * Writes that a gateway took money for a payment that had ended, as an operation that has happened. Such money pays for
     * nothing: it is to be given back.
     *
     * @return empty when the payment has not ended, or this is known already
     */
    public Optional<Operation> takeLate(Payment ended, String reference, Cause cause) {
        if (!store.takeLate(ended, reference)) return Optional.empty();
        var operation = operation(ended, Kind.CAPTURE, ended.amount().minorUnits(), cause, 0, true, null)
                .named(reference);
        operations.insertOperation(operation, Operation.State.SUCCEEDED);
        return Optional.of(operation);
    }

    /** Writes that a gateway still holds money for a payment that had ended. @return false when that is known already */
    public boolean holdLate(Payment ended, String reference) {
        return store.holdLate(ended, reference);
    }

    /** Writes that a refund which was paid out came back. @return false when that is known already */
    public boolean refundCameBack(Operation refund, String code) {
        return store.refundCameBack(refund, code);
    }

    /** Writes that nothing is held any more. @return false when it was not held, or a capture of it is under way */
    public boolean holdGone(Payment held) {
        return store.holdGone(held);
    }

    /** The operations of an actor's request, in the order of their ids. */
    public List<Made> madeBy(long orderId, String actor, String requestKey) {
        return store.madeBy(orderId, actor, requestKey);
    }

    /** The operations that pay a refund out, in the order of their ids. */
    public List<Made> ofRefund(long orderId, long refundId) {
        return store.ofRefund(orderId, refundId);
    }

    /**
     * An operation and what is known of it.
     *
     * @param code why it failed, or what is unknown about it
     */
    public record Made(
            Operation operation,
            Operation.State state,
            @Nullable String code) {}
}
