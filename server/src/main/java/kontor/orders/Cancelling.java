package kontor.orders;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import kontor.database.Statements;
import kontor.events.Outbox;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.idempotency.RequestKey;
import kontor.inventory.Inventory;
import kontor.ledger.Ledger;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Calls orders off: because somebody asks for it, or because the buyer never came back to pay. */
@Component
class Cancelling {
    private static final Logger log = LoggerFactory.getLogger(Cancelling.class);
    private static final int AT_ONCE = 100;
    private static final Operation.Cause EXPIRY = new Operation.Cause("expiry", null, null);

    private final OrderStore store;
    private final Completion completion;
    private final Payments payments;
    private final Inventory inventory;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Idempotency idempotency;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Cancelling(
            OrderStore store,
            Completion completion,
            Payments payments,
            Inventory inventory,
            Ledger ledger,
            Outbox outbox,
            Idempotency idempotency,
            TransactionTemplate transaction,
            Clock clock) {
        this.store = store;
        this.completion = completion;
        this.payments = payments;
        this.inventory = inventory;
        this.ledger = ledger;
        this.outbox = outbox;
        this.idempotency = idempotency;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** What can come of calling an order off. */
    sealed interface Result {
        record Cancelled(OrderStore.Row order) implements Result {}

        /** Not in this state; {@code reason} says what to do instead. */
        record NotNow(OrderStatus status, PaymentState paymentStatus, String reason) implements Result {}
    }

    /**
     * Ends a payment that waits for its buyer: the gateway decides whether it is not too late. With the payment goes the
     * order. Asks the gateway, so it must not run inside a transaction.
     *
     * @param key of the request that wants it, claimed together with the question, so that after a crash its repetition
     *     finds what came of it; null without one
     * @return false when nothing was begun: the payment is not waiting for its buyer, somebody else is ending it right
     *     now, or the key is used up
     */
    boolean endWaitingPayment(long orderId, Operation.Cause cause, @Nullable RequestKey key) {
        var voiding = waitingPayment(orderId).map(payment -> payments.voidOf(payment, cause));
        if (voiding.isEmpty() || !begin(voiding.get(), key)) return false;
        completion.settle(voiding.get(), payments.ask(voiding.get()), cause.actor());
        return true;
    }

    /** Commits the question, and the claim of the key with it: after this the server may die. */
    boolean begin(Operation voiding, @Nullable RequestKey key) {
        try {
            return Boolean.TRUE.equals(transaction.execute(status -> {
                if ((key == null || claim(key, voiding.orderId())) && payments.insertVoid(voiding)) return true;
                status.setRollbackOnly();
                return false;
            }));
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** Once claimed without an answer, a key may begin again: what it began before may have come to nothing. */
    private boolean claim(RequestKey key, long orderId) {
        var before = idempotency.claim(List.of(new Claim(key, null, orderId))).get(key);
        return before == null || (before.matches(key) && before.answer() == null);
    }

    private Optional<Payment> waitingPayment(long orderId) {
        return payments.ofOrder(orderId).stream()
                .filter(payment -> payment.status() == PaymentStatus.REQUIRES_ACTION)
                .findFirst();
    }

    /** Calls off an order that nobody has paid for; takes part in the caller's transaction. Empty when there is no such order. */
    @Transactional(propagation = Propagation.MANDATORY)
    Optional<Result> cancel(long orderId, @Nullable Long customerId, String actor, @Nullable String reason) {
        return store.lock(orderId, customerId).map(order -> {
            var obstacle = obstacleTo(order);
            return obstacle != null ? obstacle : cancelOpenInvoice(order, actor, reason);
        });
    }

    /** Why an order cannot be called off as it stands; null when it can. */
    static Result.@Nullable NotNow obstacleTo(OrderStore.Row order) {
        return switch (order.status()) {
            case PENDING_PAYMENT -> notNow(order, "Its payment is under way. Try again when the gateway has answered.");
            case CANCELLED -> notNow(order, "It is cancelled already.");
            case COMPLETED -> notNow(order, "It is completed.");
            case CONFIRMED ->
                order.paymentStatus() != PaymentState.OPEN
                        ? notNow(order, "It is paid. Refund it instead.")
                        : order.fulfilmentStatus() != FulfilmentState.UNFULFILLED
                                ? notNow(order, "It has been shipped.")
                                : null;
        };
    }

    private Result cancelOpenInvoice(OrderStore.Row order, String actor, @Nullable String reason) {
        var now = clock.instant();
        payments.voidInvoices(order.id());
        var moved = store.move(List.of(new OrderStore.Move(
                        order.id(), OrderStatus.CONFIRMED, OrderStatus.CANCELLED, PaymentState.VOIDED)))
                .getFirst(); // its row is locked, so it still stands where it was read
        var statements = new Statements();
        store.addSteps(
                statements,
                List.of(new OrderStore.Step(
                        moved.id(),
                        moved.version(),
                        "cancelled",
                        order.status(),
                        moved.status(),
                        moved.paymentStatus(),
                        moved.fulfilmentStatus(),
                        actor,
                        reason,
                        now)));
        ledger.post(statements, List.of(Postings.invoiceCancelled(moved.id(), moved.currency(), moved.totals(), now)));
        outbox.append(statements, List.of(OrderEvents.of("order.cancelled", moved, now)));
        store.run(statements);
        inventory.release(moved.id());
        return new Result.Cancelled(moved);
    }

    private static Result.NotNow notNow(OrderStore.Row order, String reason) {
        return new Result.NotNow(order.status(), order.paymentStatus(), reason);
    }

    /** Calls off orders whose buyers did not come back in time, so that their stock is free for others. */
    @Scheduled(fixedDelayString = "${kontor.orders.expiry-interval:10s}")
    void cancelExpired() {
        for (var orderId : store.expired(AT_ONCE)) {
            try {
                endWaitingPayment(orderId, EXPIRY, null);
            } catch (RuntimeException e) {
                log.warn("Order {} has expired and could not be called off yet", orderId, e);
            }
        }
    }
}
