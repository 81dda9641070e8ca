package kontor.orders;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import kontor.batching.Lanes;
import kontor.idempotency.Answer;
import kontor.idempotency.Idempotency;
import kontor.idempotency.Recorded;
import kontor.idempotency.RequestKey;
import kontor.orders.PlaceOrderResult.Answered;
import kontor.payments.DisputeNews;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentOutcomes;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import kontor.payments.WorkItems;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The second step of an order that a gateway has to pay for: asks, and records the answer. Buyer, webhook and recovery
 * all end here; the first one settles the order, the others read what came of it.
 */
@Component
class Completion implements PaymentOutcomes {
    private final Lanes<LaneCommand, LaneResult> lanes;
    private final OrderStore store;
    private final OrderViews views;
    private final OrderAnswers answers;
    private final Payments payments;
    private final OrderMoney money;
    private final LateMoney late;
    private final RefundOutcomes refunds;
    private final OrderDisputes disputes;
    private final WorkItems work;
    private final Idempotency idempotency;
    private final OrderSettings settings;

    Completion(
            Lanes<LaneCommand, LaneResult> lanes,
            OrderStore store,
            OrderViews views,
            OrderAnswers answers,
            Payments payments,
            OrderMoney money,
            LateMoney late,
            RefundOutcomes refunds,
            OrderDisputes disputes,
            WorkItems work,
            Idempotency idempotency,
            OrderSettings settings) {
        this.lanes = lanes;
        this.store = store;
        this.views = views;
        this.answers = answers;
        this.payments = payments;
        this.money = money;
        this.late = late;
        this.refunds = refunds;
        this.disputes = disputes;
        this.work = work;
        this.idempotency = idempotency;
        this.settings = settings;
    }

    /** Asks the gateway about an order that was just committed, and answers its buyer. */
    Answered complete(LaneCommand.Place place, @Nullable Address address) {
        var operation = Objects.requireNonNull(place.operation(), "only orders with something to ask come here");
        var gatewayAnswer = payments.ask(operation);
        var answer = answerTo(gatewayAnswer, place, address);
        var settle = new LaneCommand.Settle(
                operation,
                gatewayAnswer,
                place.key(),
                followsFromOrder(gatewayAnswer) ? null : answer,
                place.order().actor());
        money.noteStrange(operation, gatewayAnswer);
        if (lanes.submitAdmitted(settle) instanceof LaneResult.Written) return new Answered(answer, false);
        return new Answered(answerFromRecord(place.key(), place.order().id()), false);
    }

    @Override
    public void settle(Operation operation, GatewayAnswer answer, String actor) {
        if (isPending(operation)) settlePending(operation, answer, actor);
        else money.settle(operation, answer);
    }

    /** Whether the operation decides what becomes of an order that waits for its first payment. */
    private boolean isPending(Operation operation) {
        return (operation.kind() == Operation.Kind.AUTHORIZE || operation.kind() == Operation.Kind.VOID)
                && store.find(operation.orderId(), null).orElseThrow().status() == OrderStatus.PENDING_PAYMENT;
    }

    @Override
    public void late(Payment ended, GatewayAnswer found, String actor) {
        late.late(ended, found, actor).ifPresent(money::giveBack);
    }

    @Override
    public void gone(Payment held, String actor) {
        money.gone(held, actor);
    }

    @Override
    public void refundCameBack(Operation refund, String code, String actor) {
        refunds.cameBack(refund, code, actor);
    }

    @Override
    public void disputed(Payment payment, DisputeNews news, String actor) {
        disputes.hear(payment, news, actor);
    }

    private void settlePending(Operation operation, GatewayAnswer answer, String actor) {
        money.noteStrange(operation, answer);
        if (operation.kind() != Operation.Kind.VOID) {
            submit(operation, answer, actor);
        } else if (answer instanceof GatewayAnswer.Captured || answer instanceof GatewayAnswer.Authorized) {
            // Too late to call it off: the buyer was faster. What was found is the answer to the authorization, which
            // comes
            // first, so that a crash between the two leaves a void that is asked about again and nothing worse.
            payments.waitingAuthorization(operation.orderId(), operation.paymentId())
                    .ifPresent(authorization -> submit(authorization, answer, actor));
            submit(operation, new GatewayAnswer.Declined("too_late", "already paid", null), actor);
        } else if (answer instanceof GatewayAnswer.RequiresAction) {
            submit(operation, new GatewayAnswer.NoAnswer("not called off yet"), actor);
        } else if (submit(operation, answer, actor)) {
            if (answer instanceof GatewayAnswer.Declined no) noteRefusedVoid(operation, no);
            else if (answer instanceof GatewayAnswer.Voided)
                work.settled(WorkItems.Kind.UNEXPECTED_STATE, refusedVoid(operation), "it has been given up");
        }
    }

    /** The order stays as it is, with its stock: people have to find out what the gateway has done instead. */
    private void noteRefusedVoid(Operation voiding, GatewayAnswer.Declined no) {
        work.open(
                WorkItems.Kind.UNEXPECTED_STATE,
                refusedVoid(voiding),
                "%s refuses to give up %s of order %d, which wait for their buyer: %s"
                        .formatted(voiding.gateway(), voiding.amount(), voiding.orderId(), no.code()));
    }

    /** The same for every try. */
    private static WorkItems.Subject refusedVoid(Operation voiding) {
        return new WorkItems.Subject(
                "void of payment " + voiding.paymentId(), voiding.orderId(), voiding.paymentId(), null);
    }

    /** @return false when somebody else has settled the operation */
    private boolean submit(Operation operation, GatewayAnswer answer, String actor) {
        return lanes.submitAdmitted(new LaneCommand.Settle(operation, answer, null, null, actor))
                instanceof LaneResult.Written;
    }

    /** Whether {@link #asConfirmed} can tell the answer again, so that it need not be kept. */
    private static boolean followsFromOrder(GatewayAnswer answer) {
        return answer instanceof GatewayAnswer.Captured || answer instanceof GatewayAnswer.Authorized;
    }

    /**
     * The answer to an earlier request with this key that has none on record: it follows from the order once that is
     * confirmed; otherwise the first request is still under way, or was cut off by a crash.
     */
    Answer answerAgain(RequestKey key, Recorded before) {
        var orderId = Objects.requireNonNull(before.orderId(), "every order request makes an order");
        return asConfirmed(orderId).orElseGet(() -> await(key, orderId));
    }

    /** What was said when the order was confirmed, whatever has become of it since; empty when it never was. */
    private Optional<Answer> asConfirmed(long orderId) {
        var confirmed = store.history(orderId).stream()
                .filter(step -> step.status() == OrderStatus.CONFIRMED)
                .findFirst();
        if (confirmed.isEmpty()) return Optional.empty();
        var order = store.find(orderId, null).orElseThrow();
        var payment = payments.ofOrder(orderId).getFirst();
        var lines = store.lines(List.of(orderId)).getOrDefault(orderId, List.of());
        return Optional.of(answers.of(views.asConfirmed(order, confirmed.get(), lines, payment)));
    }

    private Answer await(RequestKey key, long orderId) {
        // In this order: an answer on record is what was said, even if the order was confirmed later.
        var answer = Patience.await(
                settings.answerPatience(),
                () -> Optional.ofNullable(idempotency.find(List.of(key)).get(key))
                        .map(Recorded::answer)
                        .or(() -> asConfirmed(orderId)));
        if (answer.isPresent()) return answer.get();
        var order = store.find(orderId, null).orElseThrow();
        // Created and not yet asked about, as far as anybody knows: the first request may still be at it.
        var payment = payments.ofOrder(orderId).getFirst();
        if (order.status() == OrderStatus.PENDING_PAYMENT && payment.status() == PaymentStatus.CREATED)
            throw Idempotency.underWay();
        return answerFromRecord(key, orderId);
    }

    /** The order as it stands, with its lines and payments. */
    OrderView view(OrderStore.Row order) {
        return views(List.of(order)).getFirst();
    }

    /** The orders as they stand, in their order; as many queries for a hundred as for one. */
    List<OrderView> views(List<OrderStore.Row> orders) {
        var ids = orders.stream().map(OrderStore.Row::id).toList();
        var lines = store.lines(ids);
        var paid = payments.ofOrders(ids);
        return orders.stream()
                .map(order -> views.of(
                        order,
                        lines.getOrDefault(order.id(), List.of()),
                        paid.getOrDefault(order.id(), List.of()),
                        this::actionOf))
                .toList();
    }

    private @Nullable String actionOf(Payment payment) {
        return payment.status() == PaymentStatus.REQUIRES_ACTION
                ? payments.actionOf(payment.orderId(), payment.id()).orElse(null)
                : null;
    }

    private Answer answerTo(GatewayAnswer gatewayAnswer, LaneCommand.Place place, @Nullable Address address) {
        return switch (gatewayAnswer) {
            case GatewayAnswer.Captured _ ->
                answer(place, address, OrderStatus.CONFIRMED, PaymentState.PAID, PaymentStatus.CAPTURED, null);
            case GatewayAnswer.Authorized _ ->
                answer(place, address, OrderStatus.CONFIRMED, PaymentState.AUTHORIZED, PaymentStatus.AUTHORIZED, null);
            case GatewayAnswer.RequiresAction waiting ->
                answer(
                        place,
                        address,
                        OrderStatus.PENDING_PAYMENT,
                        PaymentState.OPEN,
                        PaymentStatus.REQUIRES_ACTION,
                        waiting.redirect().toString());
            case GatewayAnswer.Declined no -> answers.declined(place.order().id(), no.code(), no.message());
            case GatewayAnswer.Voided _ ->
                answers.declined(place.order().id(), "voided", "The payment was called off.");
            case GatewayAnswer.NoAnswer _,
                    GatewayAnswer.NotFound _,
                    GatewayAnswer.Pending _,
                    GatewayAnswer.Refunded _ ->
                answer(place, address, OrderStatus.PENDING_PAYMENT, PaymentState.OPEN, PaymentStatus.UNKNOWN, null);
        };
    }

    private Answer answer(
            LaneCommand.Place place,
            @Nullable Address address,
            OrderStatus status,
            PaymentState paymentState,
            PaymentStatus paymentStatus,
            @Nullable String action) {
        return answers.of(
                views.of(place.order(), status, paymentState, address, place.payment(), paymentStatus.code(), action));
    }

    /** What is true by now, recorded as the answer unless somebody was faster. */
    private Answer answerFromRecord(RequestKey key, long orderId) {
        var order = store.find(orderId, null).orElseThrow();
        var answer = order.status() == OrderStatus.CANCELLED && order.paymentStatus() == PaymentState.FAILED
                ? answers.declined(orderId, declineCode(orderId), "The payment was declined.")
                : answers.of(view(order));
        return idempotency.answerOnce(key, answer);
    }

    private String declineCode(long orderId) {
        var detail = store.history(orderId).getLast().detail();
        return detail == null ? "declined" : detail;
    }
}
