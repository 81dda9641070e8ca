package kontor.orders;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import kontor.database.Ids;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentMoves;
import kontor.payments.Payments;
import kontor.payments.WorkItems;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Money that came for a payment that had ended: it pays for nothing, and goes back. */
@Component
class LateMoney {
    private final RefundStore refunds;
    private final OrderSteps steps;
    private final Payments payments;
    private final PaymentMoves moves;
    private final WorkItems work;
    private final Ids ids;
    private final TransactionTemplate transaction;
    private final Clock clock;

    LateMoney(
            RefundStore refunds,
            OrderSteps steps,
            Payments payments,
            PaymentMoves moves,
            WorkItems work,
            Ids ids,
            TransactionTemplate transaction,
            Clock clock) {
        this.refunds = refunds;
        this.steps = steps;
        this.payments = payments;
        this.moves = moves;
        this.work = work;
        this.ids = ids;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Writes down that a gateway took or holds money for a payment that had ended, and what gives it back: a refund, or a
     * void.
     *
     * @return what the gateway is to be asked now; empty when this was known already
     */
    Optional<Operation> late(Payment ended, GatewayAnswer found, String actor) {
        Optional<Operation> back = transaction.execute(_ -> takeBack(steps.lock(ended.orderId()), ended, found, actor));
        return Objects.requireNonNull(back, "a transaction gave no answer");
    }

    /** The same, in the transaction of a caller who has locked the order. */
    Optional<Operation> takeBack(OrderStore.Row order, Payment ended, GatewayAnswer found, String actor) {
        var cause = new Operation.Cause(actor, null, "the payment had ended");
        return switch (found) {
            case GatewayAnswer.Captured(var reference, var amount)
            when amount.equals(ended.amount()) -> takenLate(order, ended, reference, cause);
            case GatewayAnswer.Authorized(var reference, var _) -> heldLate(ended, reference, cause);
            default -> Optional.empty();
        };
    }

    private Optional<Operation> takenLate(
            OrderStore.Row order, Payment ended, String reference, Operation.Cause cause) {
        var taken = moves.takeLate(ended, reference, cause);
        if (taken.isEmpty()) return Optional.empty();
        steps.post(Postings.takenLate(taken.get(), clock.instant()));
        steps.step(
                order,
                "late_payment",
                order.status(),
                taken.get(),
                ended.amount().toString());
        work.open(
                WorkItems.Kind.LATE_PAYMENT,
                WorkItems.Subject.of(ended),
                "%s came for a payment that had ended, and is being given back".formatted(ended.amount()));
        var refund = new Refund(
                order.id(),
                ids.next("orders.refund_ids"),
                Refund.State.PENDING,
                ended.amount(),
                new Refund.Parts(0, 0, 0, ended.amount().minorUnits()),
                Refund.LATE_PAYMENT,
                null,
                cause.actor(),
                null,
                clock.instant(),
                List.of());
        refunds.insert(refund);
        var late = payments.find(ended.id(), null).orElseThrow();
        return Optional.of(begun(moves.beginRefund(late, ended.amount().minorUnits(), refund.id(), cause)));
    }

    private Optional<Operation> heldLate(Payment ended, String reference, Operation.Cause cause) {
        if (!moves.holdLate(ended, reference)) return Optional.empty();
        work.open(
                WorkItems.Kind.LATE_PAYMENT,
                WorkItems.Subject.of(ended),
                "%s is held for a payment that had ended, and is being given up".formatted(ended.amount()));
        var late = payments.find(ended.id(), null).orElseThrow();
        return Optional.of(begun(moves.beginVoid(late, cause)));
    }

    private static Operation begun(PaymentMoves.Beginning beginning) {
        if (beginning instanceof PaymentMoves.Beginning.Begun(var operation)) return operation;
        throw new IllegalStateException("what came too late cannot be given back: " + beginning);
    }
}
