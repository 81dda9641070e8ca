package kontor.orders;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.idempotency.RequestKey;
import kontor.inventory.Inventory;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private final OrderSteps steps;
    private final Idempotency idempotency;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Cancelling(
            OrderStore store,
            Completion completion,
            Payments payments,
            Inventory inventory,
            OrderSteps steps,
            Idempotency idempotency,
            TransactionTemplate transaction,
            Clock clock) {
        this.store = store;
        this.completion = completion;
        this.payments = payments;
        this.inventory = inventory;
        this.steps = steps;
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
        return Boolean.TRUE.equals(transaction.execute(status -> {
            // The key before the order, as everywhere: else two requests with one key could wait for each other.
            if (key != null && !claim(key, voiding.orderId())) {
                status.setRollbackOnly();
                return false;
            }
            // What is held may be given up only while nothing has been shipped; a waiting order cannot have been.
            var order = store.find(voiding.orderId(), null).orElseThrow();
            var stands = order.status() == OrderStatus.PENDING_PAYMENT
                    || store.lock(order.id(), null)
                            .filter(Cancelling::isVoidable)
                            .isPresent();
            if (stands && payments.insertVoid(voiding)) return true;
            status.setRollbackOnly();
            return false;
        }));
    }

    private static boolean isVoidable(OrderStore.Row order) {
        return order.status() == OrderStatus.CONFIRMED && order.fulfilmentStatus() == FulfilmentState.UNFULFILLED;
    }

    /** Once claimed without an answer, a key may begin again: what it began before may have come to nothing. */
    private boolean claim(RequestKey key, long orderId) {
        var before = idempotency.claim(List.of(new Claim(key, null, orderId))).get(key);
        return before == null || (before.matches(key) && before.answer() == null);
    }

    /** One that its buyer has not confirmed, or that is held and has kept nothing of what was taken. */
    private Optional<Payment> waitingPayment(long orderId) {
        return payments.ofOrder(orderId).stream()
                .filter(payment -> !payment.balance().late()
                        && (payment.status() == PaymentStatus.REQUIRES_ACTION
                                || (payment.status() == PaymentStatus.AUTHORIZED
                                        && payment.captured()
                                                == payment.balance().refunded())))
                .findFirst();
    }

    /** Calls off an order that nobody has paid for; takes part in the caller's transaction. Empty when there is no such order. */
    @Transactional(propagation = Propagation.MANDATORY)
    Optional<Result> cancel(long orderId, @Nullable Long customerId, String actor, @Nullable String reason) {
        return store.lock(orderId, customerId).map(order -> {
            var obstacle = obstacleTo(order);
            return obstacle != null ? obstacle : cancelUnpaid(order, actor, reason);
        });
    }

    /** Why an order cannot be called off as it stands; null when it can. */
    static Result.@Nullable NotNow obstacleTo(OrderStore.Row order) {
        return switch (order.status()) {
            case PENDING_PAYMENT -> notNow(order, "Its payment is under way. Try again when the gateway has answered.");
            case CANCELLED -> notNow(order, "It is cancelled already.");
            case COMPLETED -> notNow(order, "It is completed.");
            case CONFIRMED ->
                switch (order.paymentStatus()) {
                    case OPEN, REFUNDED, VOIDED, FAILED ->
                        order.fulfilmentStatus() != FulfilmentState.UNFULFILLED
                                ? notNow(order, "It has been shipped.")
                                : null;
                    case AUTHORIZED -> notNow(order, "Its payment could not be given up. Look at the payment.");
                    case PARTIALLY_PAID, PAID, PARTIALLY_REFUNDED -> notNow(order, "It is paid. Refund it first.");
                };
        };
    }

    /** Of an order that keeps no money: what is still due on its invoice is no longer due. */
    private Result cancelUnpaid(OrderStore.Row order, String actor, @Nullable String reason) {
        var all = payments.ofOrder(order.id());
        var busy = all.stream().anyMatch(Cancelling::isUnderWay);
        if (busy) return notNow(order, "Its payment is under way. Try again when the gateway has answered.");
        var due = all.stream().mapToLong(Payment::due).sum();
        payments.voidInvoices(order.id());
        if (due > 0)
            steps.post(Postings.invoiceCancelled(order.id(), order.currency(), order.totals(), due, clock.instant()));
        steps.step(order, "cancelled", OrderStatus.CANCELLED, actor, reason);
        inventory.release(order.id());
        return new Result.Cancelled(store.find(order.id(), null).orElseThrow());
    }

    private static boolean isUnderWay(Payment payment) {
        return switch (payment.status()) {
            case CREATED, REQUIRES_ACTION, UNKNOWN -> true;
            case AUTHORIZED -> !payment.balance().late();
            case OPEN, CAPTURED, FAILED, VOIDED ->
                payment.balance().capturing() > 0 || payment.balance().refunding() > 0;
        };
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
