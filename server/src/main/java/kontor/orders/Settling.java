package kontor.orders;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import kontor.database.Statements;
import kontor.events.Outbox;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import kontor.payments.Payments;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;

/**
 * Writes down what gateways answered: operation, payment, order and books in the caller's transaction. The first
 * to bring an answer settles the operation; whoever comes later, be it browser, webhook or recovery, reads the result.
 */
@Component
class Settling {
    private final OrderStore store;
    private final Payments payments;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Idempotency idempotency;
    private final Clock clock;

    Settling(OrderStore store, Payments payments, Ledger ledger, Outbox outbox, Idempotency idempotency, Clock clock) {
        this.store = store;
        this.payments = payments;
        this.ledger = ledger;
        this.outbox = outbox;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /** What an answer means for the order. */
    private record Consequence(OrderStatus to, PaymentState paymentStatus, String event) {}

    /**
     * What the caller still has to do, in this order: what customers hold is locked before stock.
     *
     * @param changes what customers hold no longer, with a minus
     * @param cancelled whose stock is free again; empty unless {@link #givesStockBack} said so of an answer
     */
    record Settled(List<HoldingStore.Change> changes, List<Long> cancelled) {
        static final Settled NOTHING = new Settled(List.of(), List.of());
    }

    /** @param unsorted no order twice */
    Settled settle(List<LaneCommand.Settle> unsorted, Results results) {
        if (unsorted.isEmpty()) return Settled.NOTHING;
        // In one order everywhere, so that the buyer's answers and the gateway's messages never wait in a ring.
        var settles = unsorted.stream()
                .sorted(Comparator.comparingLong(settle -> settle.operation().orderId()))
                .toList();
        var applied = payments.settle(settles.stream()
                .map(settle -> new Payments.Settlement(settle.operation(), settle.gatewayAnswer()))
                .toList());
        var byOrder = new HashMap<Long, LaneCommand.Settle>();
        var moves = new ArrayList<OrderStore.Move>();
        var answers = new ArrayList<Claim>();
        for (var settle : settles) {
            if (!applied.contains(settle.operation().id())) {
                results.set(settle, new LaneResult.AlreadySettled());
                continue;
            }
            results.set(settle, new LaneResult.Written());
            if (settle.key() != null && settle.answer() != null)
                answers.add(new Claim(
                        settle.key(), settle.answer(), settle.operation().orderId()));
            var consequence = consequenceOf(settle);
            if (consequence == null) continue;
            byOrder.put(settle.operation().orderId(), settle);
            moves.add(new OrderStore.Move(
                    settle.operation().orderId(),
                    OrderStatus.PENDING_PAYMENT,
                    consequence.to(),
                    consequence.paymentStatus()));
        }
        idempotency.answer(answers);
        return moves.isEmpty() ? Settled.NOTHING : moveOn(moves, byOrder);
    }

    /** Whether the answer may end an order, whose stock is then free again. */
    static boolean givesStockBack(LaneCommand.Settle settle) {
        return settle.gatewayAnswer() instanceof GatewayAnswer.Declined
                || settle.gatewayAnswer() instanceof GatewayAnswer.Voided;
    }

    private Settled moveOn(List<OrderStore.Move> moves, Map<Long, LaneCommand.Settle> byOrder) {
        var now = clock.instant();
        var steps = new ArrayList<OrderStore.Step>();
        var postings = new ArrayList<Posting>();
        var cancelled = new ArrayList<Long>();
        var moved = store.move(moves);
        for (var order : moved.stream().map(OrderStore.Moved::row).toList()) {
            var settle = byOrder.remove(order.id());
            if (settle == null) throw new IllegalStateException("order " + order.id() + " moved on its own");
            var consequence = Objects.requireNonNull(consequenceOf(settle), "it had one when its move was made");
            steps.add(new OrderStore.Step(
                    order.id(),
                    order.version(),
                    consequence.event(),
                    OrderStatus.PENDING_PAYMENT,
                    order.status(),
                    order.paymentStatus(),
                    order.fulfilmentStatus(),
                    actorOf(settle),
                    detailOf(settle),
                    now));
            if (settle.gatewayAnswer() instanceof GatewayAnswer.Captured)
                postings.add(
                        Postings.captured(order.id(), settle.operation().id(), order.currency(), order.totals(), now));
            if (order.status() == OrderStatus.CANCELLED) cancelled.add(order.id());
        }
        var statements = new Statements();
        store.addSteps(statements, steps);
        ledger.post(statements, postings);
        outbox.append(
                statements,
                moved.stream()
                        .map(OrderStore.Moved::row)
                        .map(order -> OrderEvents.of(
                                order.status() == OrderStatus.CONFIRMED ? "order.confirmed" : "order.cancelled",
                                order,
                                now))
                        .toList());
        store.run(statements);
        // It left this state between the look at it and now: taken back, this is settled once more as its new state
        // wants it.
        if (!byOrder.isEmpty())
            throw new OptimisticLockingFailureException(
                    "orders that wait for their payment no more: " + byOrder.keySet());
        return new Settled(
                // They waited for their payment, and none of them does any more.
                moved.stream().flatMap(order -> order.counted(-1).stream()).toList(), cancelled);
    }

    /** Who wanted the order called off, and not who happened to bring the gateway's word for it. */
    private static String actorOf(LaneCommand.Settle settle) {
        var cause = settle.operation().cause();
        return cause == null ? settle.actor() : cause.actor();
    }

    private static @Nullable String detailOf(LaneCommand.Settle settle) {
        if (settle.gatewayAnswer() instanceof GatewayAnswer.Declined no) return no.code();
        var cause = settle.operation().cause();
        return cause == null ? null : cause.reason();
    }

    /** @return null when the order stays as it is, waiting */
    private static @Nullable Consequence consequenceOf(LaneCommand.Settle settle) {
        // That a void failed says nothing about the payment: what it found instead is settled as the answer to another.
        if (settle.operation().kind() == Operation.Kind.VOID
                && !(settle.gatewayAnswer() instanceof GatewayAnswer.Voided)) return null;
        return switch (settle.gatewayAnswer()) {
            case GatewayAnswer.Captured _ ->
                new Consequence(OrderStatus.CONFIRMED, PaymentState.PAID, "payment_captured");
            case GatewayAnswer.Authorized _ ->
                new Consequence(OrderStatus.CONFIRMED, PaymentState.AUTHORIZED, "payment_authorized");
            case GatewayAnswer.Declined _ ->
                new Consequence(OrderStatus.CANCELLED, PaymentState.FAILED, "payment_declined");
            case GatewayAnswer.Voided _ -> new Consequence(OrderStatus.CANCELLED, PaymentState.VOIDED, "cancelled");
            case GatewayAnswer.RequiresAction _,
                    GatewayAnswer.NoAnswer _,
                    GatewayAnswer.Pending _,
                    GatewayAnswer.NotFound _,
                    GatewayAnswer.Refunded _ -> null;
        };
    }
}
