package kontor.orders;

import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import kontor.inventory.Inventory;
import kontor.ledger.Ledger;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentMoves.Settled;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import kontor.payments.WorkItems;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes down what gateways answered about orders that stand: captures, refunds, voids of what was held, and
 * further payments. Each answer is one transaction: operation, payment, books, order and event together.
 */
@Component
class OrderMoney {
    private final OrderSteps steps;
    private final RefundOutcomes refunds;
    private final LateMoney late;
    private final Payments payments;
    private final PaymentMoves moves;
    private final WorkItems work;
    private final Inventory inventory;
    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final Clock clock;

    OrderMoney(
            OrderSteps steps,
            RefundOutcomes refunds,
            LateMoney late,
            Payments payments,
            PaymentMoves moves,
            WorkItems work,
            Inventory inventory,
            Ledger ledger,
            TransactionTemplate transaction,
            Clock clock) {
        this.steps = steps;
        this.refunds = refunds;
        this.late = late;
        this.payments = payments;
        this.moves = moves;
        this.work = work;
        this.inventory = inventory;
        this.ledger = ledger;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Records an answer; the first to bring it settles the operation, and whoever comes later changes nothing. */
    void settle(Operation operation, GatewayAnswer told) {
        Optional<Operation> back = transaction.execute(_ -> {
            // First of all, so that whatever concerns one order happens one after the other.
            var order = steps.lock(operation.orderId());
            var answer = operation.kind() == Operation.Kind.VOID ? aboutHold(operation, told) : told;
            noteStrange(operation, answer);
            if (operation.kind() == Operation.Kind.VOID && isTaken(answer)) return tooLateToVoid(operation, answer);
            settle(order, operation, answer);
            return Optional.empty();
        });
        Objects.requireNonNull(back, "a transaction gave no answer").ifPresent(this::giveBack);
    }

    /** Asks the gateway to take back what came too late; the question is committed, and no transaction is open. */
    void giveBack(Operation back) {
        settle(back, payments.ask(back));
    }

    private static boolean isTaken(GatewayAnswer answer) {
        return answer instanceof GatewayAnswer.Captured || answer instanceof GatewayAnswer.Authorized;
    }

    /** Of a hold that was captured in part, "all that was captured is on record" means that nothing is held any more. */
    private GatewayAnswer aboutHold(Operation voiding, GatewayAnswer told) {
        if (!(told instanceof GatewayAnswer.Captured(var reference, var taken))) return told;
        var payment = payments.find(voiding.paymentId(), null).orElseThrow();
        return payment.status() == PaymentStatus.AUTHORIZED
                        && payment.captured() > 0
                        && payment.captured() == taken.minorUnits()
                ? new GatewayAnswer.Voided(reference)
                : told;
    }

    /**
     * The buyer was faster: what was found is the answer to the authorization that waited for them, or money for a payment
     * that had ended. Either comes before the void, which has failed.
     *
     * @return what has to be given back now
     */
    private Optional<Operation> tooLateToVoid(Operation voiding, GatewayAnswer found) {
        var waiting = payments.waitingAuthorization(voiding.orderId(), voiding.paymentId());
        waiting.ifPresent(authorization -> settle(steps.lock(voiding.orderId()), authorization, found));
        settle(steps.lock(voiding.orderId()), voiding, new GatewayAnswer.Declined("too_late", "already paid", null));
        var payment = payments.find(voiding.paymentId(), null).orElseThrow();
        return waiting.isEmpty() && payment.captured() == 0 && hasEnded(payment)
                ? late.takeBack(steps.lock(voiding.orderId()), payment, found, "recovery")
                : Optional.empty();
    }

    private static boolean hasEnded(Payment payment) {
        return payment.status() == PaymentStatus.FAILED || payment.status() == PaymentStatus.VOIDED;
    }

    private void settle(OrderStore.Row order, Operation operation, GatewayAnswer answer) {
        switch (moves.settle(operation, answer)) {
            case Settled.Done(var payment) -> done(order, operation, payment);
            case Settled.Failed(var payment, var code) -> failed(order, operation, payment, code);
            case Settled.Waiting _, Settled.Unchanged _ -> {}
        }
    }

    /** Tells staff of an answer that cannot be one; takes part in the caller's transaction, if there is one. */
    void noteStrange(Operation operation, GatewayAnswer answer) {
        if (answer instanceof GatewayAnswer.NoAnswer no && no.isStrange())
            work.open(WorkItems.Kind.STRANGE_ANSWER, WorkItems.Subject.of(operation), no.reason());
    }

    private void done(OrderStore.Row order, Operation operation, Payment payment) {
        switch (operation.kind()) {
            case AUTHORIZE -> {
                steps.post(Postings.invoicePaid(operation, clock.instant()));
                steps.step(
                        order,
                        "payment_captured",
                        order.status(),
                        operation,
                        operation.amount().toString());
            }
            case CAPTURE -> {
                steps.post(Postings.capturedInPart(
                        operation, order.totals(), ledger.booked(order.id(), "capture"), clock.instant()));
                steps.step(
                        order,
                        "payment_captured",
                        order.status(),
                        operation,
                        operation.amount().toString());
            }
            case VOID -> voided(order, operation, payment);
            case REFUND -> refunds.done(order, operation);
        }
    }

    /** With what was held goes the order; a further payment of an invoice, or a late one, leaves it where it is. */
    private void voided(OrderStore.Row order, Operation operation, Payment payment) {
        var further = payments.ofOrder(order.id()).stream().anyMatch(Payment::isInvoice);
        if (payment.captured() > payment.balance().refunded()) {
            steps.step(order, "authorization_gone", order.status(), operation, reasonOf(operation));
            work.open(
                    WorkItems.Kind.UNEXPECTED_STATE,
                    WorkItems.Subject.of(payment),
                    "The gateway gave the payment up, and has kept money that it took for it before");
            return;
        }
        if (further || payment.balance().late() || order.status() != OrderStatus.CONFIRMED) return;
        steps.step(order, "cancelled", OrderStatus.CANCELLED, operation, reasonOf(operation));
        inventory.release(order.id());
    }

    private void failed(OrderStore.Row order, Operation operation, Payment payment, String code) {
        switch (operation.kind()) {
            case AUTHORIZE -> steps.step(order, "payment_declined", order.status(), operation, code);
            case CAPTURE -> {
                steps.step(order, "capture_failed", order.status(), operation, code);
                if (payment.status() != PaymentStatus.AUTHORIZED)
                    work.open(
                            WorkItems.Kind.AUTHORIZATION_GONE,
                            WorkItems.Subject.of(payment),
                            "Nothing is held any more for order " + order.id() + ": " + code);
            }
            case VOID -> {
                // The buyer may have been faster, and what was found then is on record already.
                if (payment.status() != PaymentStatus.CAPTURED && !hasEnded(payment))
                    work.open(
                            WorkItems.Kind.UNEXPECTED_STATE,
                            WorkItems.Subject.of(payment),
                            "The payment could not be given up: " + code);
            }
            case REFUND -> refunds.failed(order, operation, code);
        }
    }

    /** Writes down what a bank transfer brought for an order on invoice. The caller has locked the order. */
    void transferred(OrderStore.Row order, Operation operation) {
        steps.post(Postings.invoicePaid(operation, clock.instant()));
        steps.step(
                order,
                "payment_captured",
                order.status(),
                operation,
                operation.amount().toString());
    }

    /** Writes down that a gateway holds nothing any more of what an order was confirmed on; what was taken of it stays. */
    void gone(Payment held, String actor) {
        transaction.executeWithoutResult(_ -> {
            var order = steps.lock(held.orderId());
            if (!moves.holdGone(held)) return;
            steps.step(order, "authorization_gone", order.status(), actor, null);
            if (held.balance().late()) return;
            work.open(
                    WorkItems.Kind.AUTHORIZATION_GONE,
                    WorkItems.Subject.of(held),
                    "Nothing is held any more for order " + order.id());
        });
    }

    private static @Nullable String reasonOf(Operation operation) {
        return operation.cause() == null ? null : operation.cause().reason();
    }
}
