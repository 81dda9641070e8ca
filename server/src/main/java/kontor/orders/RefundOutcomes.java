package kontor.orders;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import kontor.payments.Operation;
import kontor.payments.PaymentMoves;
import kontor.payments.WorkItems;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes down what became of refunds: in the books, in the document, and in the order's history. */
@Component
class RefundOutcomes {
    private final RefundStore refunds;
    private final OrderSteps steps;
    private final PaymentMoves moves;
    private final WorkItems work;
    private final TransactionTemplate transaction;
    private final Clock clock;

    RefundOutcomes(
            RefundStore refunds,
            OrderSteps steps,
            PaymentMoves moves,
            WorkItems work,
            TransactionTemplate transaction,
            Clock clock) {
        this.refunds = refunds;
        this.steps = steps;
        this.moves = moves;
        this.work = work;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** One was paid out, by a gateway or past any. The caller has locked the order. */
    void done(OrderStore.Row order, Operation operation) {
        steps.post(Postings.refunded(operation, shareOf(operation), clock.instant()));
        complete(operation);
        steps.step(
                order, "refunded", order.status(), operation, operation.amount().toString());
    }

    /** One will not be paid out. The caller has locked the order. */
    void failed(OrderStore.Row order, Operation operation, String code) {
        complete(operation);
        steps.step(order, "refund_failed", order.status(), operation, code);
        work.open(
                WorkItems.Kind.REFUND_FAILED,
                WorkItems.Subject.of(operation),
                "%s could not be paid back: %s".formatted(operation.amount(), code));
    }

    /** What of its refund an operation pays out. */
    private Refund.Parts shareOf(Operation operation) {
        return sharesOf(refundOf(operation)).stream()
                .filter(share -> share.made().operation().id() == operation.id())
                .findFirst()
                .orElseThrow()
                .parts();
    }

    /** What a refund has paid out or may still pay out. The caller has locked the order. */
    Refund.Parts given(Refund refund) {
        return sharesOf(refund).stream()
                .filter(share -> share.made().state() != Operation.State.FAILED)
                .map(Share::parts)
                .reduce(new Refund.Parts(0, 0, 0, 0), Refund.Parts::plus);
    }

    private record Share(PaymentMoves.Made made, Refund.Parts parts) {}

    /** The refund's parts divided among its operations, the first one first. */
    private List<Share> sharesOf(Refund refund) {
        var shares = new ArrayList<Share>();
        var left = refund.parts();
        for (var made : moves.ofRefund(refund.orderId(), refund.id())) {
            var parts = Refund.Parts.of(Split.of(made.operation().amount().minorUnits(), left.array()));
            shares.add(new Share(made, parts));
            left = left.minus(parts);
        }
        return shares;
    }

    private Refund refundOf(Operation operation) {
        var id = operation.refundId();
        if (id == null) throw new IllegalStateException("operation " + operation.id() + " pays no refund out");
        return refunds.find(operation.orderId(), id).orElseThrow();
    }

    /** Ends a refund of which every part has been paid out or refused. */
    private void complete(Operation operation) {
        var refund = refundOf(operation);
        var state = stateOf(refund);
        if (state != Refund.State.PENDING
                && refunds.complete(refund.orderId(), refund.id(), state)
                && state == Refund.State.FAILED) refunds.giveUp(refund.orderId(), refund.id());
    }

    private Refund.State stateOf(Refund refund) {
        var made = moves.ofRefund(refund.orderId(), refund.id());
        if (made.stream().anyMatch(each -> each.state().isOpen())) return Refund.State.PENDING;
        var paid = made.stream()
                .filter(each -> each.state() == Operation.State.SUCCEEDED)
                .count();
        if (paid == made.size()) return Refund.State.SUCCEEDED;
        return paid > 0 ? Refund.State.PARTIALLY_SUCCEEDED : Refund.State.FAILED;
    }

    /** Takes back what was booked as given back: the buyer's bank returned it. Somebody has to find another way. */
    void cameBack(Operation operation, String code, String actor) {
        transaction.executeWithoutResult(_ -> {
            var order = steps.lock(operation.orderId());
            if (!moves.refundCameBack(operation, code)) return;
            steps.post(Postings.refundCameBack(operation, shareOf(operation), clock.instant()));
            var refund = refundOf(operation);
            var state = stateOf(refund);
            // One that still waits for another of its parts is completed with that.
            if (refund.state() != Refund.State.PENDING) {
                refunds.amend(refund.orderId(), refund.id(), state);
                if (state == Refund.State.FAILED) refunds.giveUp(refund.orderId(), refund.id());
            }
            steps.step(order, "refund_failed", order.status(), actor, code);
            work.open(
                    WorkItems.Kind.REFUND_FAILED,
                    WorkItems.Subject.of(operation),
                    "%s were paid back and came back: %s".formatted(operation.amount(), code));
        });
    }
}
