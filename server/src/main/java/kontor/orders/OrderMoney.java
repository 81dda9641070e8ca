package kontor.orders;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import kontor.database.Ids;
import kontor.database.Statements;
import kontor.events.Outbox;
import kontor.inventory.Inventory;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.money.Money;
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
 * Writes down what gateways answered about orders that stand: captures, refunds, voids of what was held, further payments,
 * and money that came too late. Each answer is one transaction: operation, payment, books, order and event together.
 */
@Component
class OrderMoney {
    private final OrderStore store;
    private final RefundStore refunds;
    private final Payments payments;
    private final PaymentMoves moves;
    private final WorkItems work;
    private final Inventory inventory;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Ids ids;
    private final TransactionTemplate transaction;
    private final Clock clock;

    OrderMoney(
            OrderStore store,
            RefundStore refunds,
            Payments payments,
            PaymentMoves moves,
            WorkItems work,
            Inventory inventory,
            Ledger ledger,
            Outbox outbox,
            Ids ids,
            TransactionTemplate transaction,
            Clock clock) {
        this.store = store;
        this.refunds = refunds;
        this.payments = payments;
        this.moves = moves;
        this.work = work;
        this.inventory = inventory;
        this.ledger = ledger;
        this.outbox = outbox;
        this.ids = ids;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Records an answer; the first to bring it settles the operation, and whoever comes later changes nothing. */
    void settle(Operation operation, GatewayAnswer told) {
        Optional<Operation> back = transaction.execute(_ -> {
            // First of all, so that whatever concerns one order happens one after the other.
            var order = lock(operation.orderId());
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
        return payment.captured() > 0 && payment.captured() == taken.minorUnits()
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
        waiting.ifPresent(authorization -> settle(lock(voiding.orderId()), authorization, found));
        settle(lock(voiding.orderId()), voiding, new GatewayAnswer.Declined("too_late", "already paid", null));
        var payment = payments.find(voiding.paymentId(), null).orElseThrow();
        return waiting.isEmpty() && payment.captured() == 0 && hasEnded(payment)
                ? takeBack(lock(voiding.orderId()), payment, found, "recovery")
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

    private OrderStore.Row lock(long orderId) {
        return store.lock(orderId, null)
                .orElseThrow(() -> new IllegalStateException("operation of order " + orderId + ", which is not there"));
    }

    private void done(OrderStore.Row order, Operation operation, Payment payment) {
        switch (operation.kind()) {
            case AUTHORIZE -> {
                post(Postings.invoicePaid(operation, clock.instant()));
                step(
                        order,
                        "payment_captured",
                        order.status(),
                        operation,
                        operation.amount().toString());
            }
            case CAPTURE -> {
                post(Postings.capturedInPart(
                        operation, order.totals(), ledger.booked(order.id(), "capture"), clock.instant()));
                step(
                        order,
                        "payment_captured",
                        order.status(),
                        operation,
                        operation.amount().toString());
            }
            case VOID -> voided(order, operation, payment);
            case REFUND -> {
                post(Postings.refunded(operation, shareOf(operation), clock.instant()));
                completeRefund(operation);
                step(
                        order,
                        "refunded",
                        order.status(),
                        operation,
                        operation.amount().toString());
            }
        }
    }

    /** With what was held goes the order; a further payment of an invoice, or a late one, leaves it where it is. */
    private void voided(OrderStore.Row order, Operation operation, Payment payment) {
        var further = payments.ofOrder(order.id()).stream().anyMatch(Payment::isInvoice);
        if (payment.captured() > payment.balance().refunded()) {
            work.open(
                    WorkItems.Kind.UNEXPECTED_STATE,
                    WorkItems.Subject.of(payment),
                    "The gateway says that it gave the payment up, and took money for it before");
            return;
        }
        if (further || payment.balance().late() || order.status() != OrderStatus.CONFIRMED) return;
        step(order, "cancelled", OrderStatus.CANCELLED, operation, reasonOf(operation));
        inventory.release(order.id());
    }

    private void failed(OrderStore.Row order, Operation operation, Payment payment, String code) {
        switch (operation.kind()) {
            case AUTHORIZE -> step(order, "payment_declined", order.status(), operation, code);
            case CAPTURE -> {
                step(order, "capture_failed", order.status(), operation, code);
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
            case REFUND -> {
                completeRefund(operation);
                step(order, "refund_failed", order.status(), operation, code);
                work.open(
                        WorkItems.Kind.REFUND_FAILED,
                        WorkItems.Subject.of(operation),
                        "%s could not be paid back: %s".formatted(operation.amount(), code));
            }
        }
    }

    /** What of its refund an operation pays out: the refund's parts divided among its operations, the first one first. */
    private Refund.Parts shareOf(Operation operation) {
        var refund = refundOf(operation);
        var left = refund.parts();
        for (var made : moves.ofRefund(refund.orderId(), refund.id())) {
            var share = Refund.Parts.of(Split.of(made.operation().amount().minorUnits(), left.array()));
            if (made.operation().id() == operation.id()) return share;
            left = left.minus(share);
        }
        throw new IllegalStateException("operation " + operation.id() + " is not one of refund " + refund.id());
    }

    private Refund refundOf(Operation operation) {
        var id = operation.refundId();
        if (id == null) throw new IllegalStateException("operation " + operation.id() + " pays no refund out");
        return refunds.find(operation.orderId(), id).orElseThrow();
    }

    /** Ends a refund of which every part has been paid out or refused. */
    void completeRefund(Operation operation) {
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
    void refundCameBack(Operation operation, String code, String actor) {
        transaction.executeWithoutResult(_ -> {
            var order = lock(operation.orderId());
            if (!moves.refundCameBack(operation, code)) return;
            post(Postings.refundCameBack(operation, shareOf(operation), clock.instant()));
            var refund = refundOf(operation);
            var state = stateOf(refund);
            // One that still waits for another of its parts is completed with that.
            if (refund.state() != Refund.State.PENDING) {
                refunds.amend(refund.orderId(), refund.id(), state);
                if (state == Refund.State.FAILED) refunds.giveUp(refund.orderId(), refund.id());
            }
            step(order, "refund_failed", order.status(), actor, code);
            work.open(
                    WorkItems.Kind.REFUND_FAILED,
                    WorkItems.Subject.of(operation),
                    "%s were paid back and came back: %s".formatted(operation.amount(), code));
        });
    }

    /** Writes down a refund that was paid back past any gateway: it has happened. The caller has locked the order. */
    void transferredBack(OrderStore.Row order, Operation operation) {
        post(Postings.refunded(operation, shareOf(operation), clock.instant()));
        completeRefund(operation);
        step(order, "refunded", order.status(), operation, operation.amount().toString());
    }

    /** Writes down what a bank transfer brought for an order on invoice. The caller has locked the order. */
    void transferred(OrderStore.Row order, Operation operation) {
        post(Postings.invoicePaid(operation, clock.instant()));
        step(
                order,
                "payment_captured",
                order.status(),
                operation,
                operation.amount().toString());
    }

    /**
     * Writes down that a gateway took or holds money for a payment that had ended, and what gives it back: a refund, or a
     * void.
     *
     * @return what the gateway is to be asked now; empty when this was known already
     */
    Optional<Operation> late(Payment ended, GatewayAnswer found, String actor) {
        Optional<Operation> back = transaction.execute(_ -> takeBack(lock(ended.orderId()), ended, found, actor));
        return Objects.requireNonNull(back, "a transaction gave no answer");
    }

    private Optional<Operation> takeBack(OrderStore.Row order, Payment ended, GatewayAnswer found, String actor) {
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
        post(Postings.takenLate(taken.get(), clock.instant()));
        step(order, "late_payment", order.status(), taken.get(), ended.amount().toString());
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

    /** Writes down that a gateway holds nothing any more of what an order was confirmed on; what was taken of it stays. */
    void gone(Payment held, String actor) {
        transaction.executeWithoutResult(_ -> {
            var order = lock(held.orderId());
            if (!moves.holdGone(held)) return;
            step(order, "authorization_gone", order.status(), actor, null);
            if (held.balance().late()) return;
            work.open(
                    WorkItems.Kind.AUTHORIZATION_GONE,
                    WorkItems.Subject.of(held),
                    "Nothing is held any more for order " + order.id());
        });
    }

    void post(Posting posting) {
        ledger.post(List.of(posting));
    }

    private static @Nullable String reasonOf(Operation operation) {
        return operation.cause() == null ? null : operation.cause().reason();
    }

    private void step(
            OrderStore.Row order, String event, OrderStatus status, Operation operation, @Nullable String detail) {
        var cause = operation.cause();
        step(order, event, status, cause == null ? "gateway:" + operation.gateway() : cause.actor(), detail);
    }

    /** Writes a step in the order's history, where it stands by its payments then, and the event of it. */
    void step(OrderStore.Row order, String event, OrderStatus status, String actor, @Nullable String detail) {
        var now = clock.instant();
        var stands = store.stand(order.id(), status, PaymentState.of(payments.ofOrder(order.id())));
        var statements = new Statements();
        store.addSteps(
                statements,
                List.of(new OrderStore.Step(
                        stands.id(),
                        stands.version(),
                        event,
                        order.status(),
                        stands.status(),
                        stands.paymentStatus(),
                        stands.fulfilmentStatus(),
                        actor,
                        detail,
                        now)));
        outbox.append(statements, List.of(OrderEvents.of("order." + event, stands, now)));
        store.run(statements);
    }

    /** @param minorUnits of the order's currency */
    static Money money(OrderStore.Row order, long minorUnits) {
        return new Money(minorUnits, order.currency());
    }
}
