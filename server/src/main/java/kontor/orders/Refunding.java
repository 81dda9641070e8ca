package kontor.orders;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kontor.database.Ids;
import kontor.idempotency.Idempotency;
import kontor.money.Money;
import kontor.orders.MoneyRequests.Begun;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentMoves.Made;
import kontor.payments.Payments;
import kontor.web.Caller;
import kontor.web.FreshLogins;
import kontor.web.Problem;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Gives money back: a document that says what for, and an operation for every payment that it goes back to. */
@Component
class Refunding {
    private final OrderStore store;
    private final RefundStore refunds;
    private final RefundViews views;
    private final RefundOutcomes outcomes;
    private final Payments payments;
    private final PaymentMoves moves;
    private final MoneyRequests requests;
    private final Idempotency idempotency;
    private final Ids ids;
    private final Clock clock;
    private final OrderSettings settings;
    private final FreshLogins freshLogins;
    private final RequestedRefunds requested;

    Refunding(
            OrderStore store,
            RefundStore refunds,
            RefundViews views,
            RefundOutcomes outcomes,
            Payments payments,
            PaymentMoves moves,
            MoneyRequests requests,
            Idempotency idempotency,
            Ids ids,
            Clock clock,
            OrderSettings settings,
            FreshLogins freshLogins,
            RequestedRefunds requested) {
        this.store = store;
        this.refunds = refunds;
        this.views = views;
        this.outcomes = outcomes;
        this.payments = payments;
        this.moves = moves;
        this.requests = requests;
        this.idempotency = idempotency;
        this.ids = ids;
        this.clock = clock;
        this.settings = settings;
        this.freshLogins = freshLogins;
        this.requested = requested;
    }

    ResponseEntity<?> refund(long orderId, RefundRequest request, Caller caller, List<String> keys) {
        if (store.find(orderId, null).isEmpty()) throw Refusal.notFound("order");
        if (request.isTransfer()) checkTransfer(request, caller);
        var key = idempotency.required(keys, caller.principal(), "POST /orders/" + orderId + "/refunds", request);
        var cause = new Operation.Cause(caller.principal(), MoneyRequests.requestKeyOf(key), request.reason());
        return requests.answer(
                orderId, key, () -> begin(orderId, request, caller, cause, null), made -> answer(orderId, made));
    }

    /** Approves what somebody else has asked for and carries it out: both, or neither. */
    ResponseEntity<?> approve(long requestId, RequestedRefunds.Decision decision, Caller caller, List<String> keys) {
        var asked = requested.ofSomebodyElse(requestId, caller);
        if (asked.asked().isTransfer()) checkTransfer(asked.asked(), caller);
        var key = idempotency.required(
                keys, caller.principal(), "POST /refund-requests/" + requestId + "/approve", decision);
        var cause = new Operation.Cause(
                caller.principal(),
                MoneyRequests.requestKeyOf(key),
                asked.asked().reason());
        var approval = new Approval(asked, decision);
        return requests.answer(
                asked.orderId(),
                key,
                () -> begin(asked.orderId(), asked.asked(), caller, cause, approval),
                made -> answer(asked.orderId(), made));
    }

    /** That the caller agrees to what another has asked for. */
    private record Approval(RequestedRefund requested, RequestedRefunds.Decision decision) {}

    /** What was sent past the gateways is believed on somebody's word. */
    private static void checkTransfer(RefundRequest request, Caller caller) {
        if (!caller.may(Paying.RECORD)) throw Paying.notAllowedToRecord();
        if (request.reference() == null || request.reference().isBlank())
            throw Refusal.ofField("reference", "missing", "is needed for a transfer");
    }

    private Begun begin(
            long orderId, RefundRequest request, Caller caller, Operation.Cause cause, @Nullable Approval approval) {
        var order = store.lock(orderId, null).orElseThrow();
        var refundId = ids.next("orders.refund_ids");
        if (approval != null && !requested.approve(approval.requested(), approval.decision(), caller, refundId))
            return new Begun.Refused(
                    requested.alreadyDecided(approval.requested().id()));
        var late = namesLate(request, payments.ofOrder(orderId));
        var paid = payments.ofOrder(orderId).stream()
                .filter(payment -> payment.balance().late() == late)
                .toList();
        var left = paid.stream().mapToLong(Payment::refundable).sum();
        if (left <= 0) return new Begun.Refused(nothingLeft(order, paid));
        var lines = RefundLines.of(
                request,
                order,
                store.lines(List.of(orderId)).getOrDefault(orderId, List.of()),
                refunds.credited(orderId),
                refunds.creditedAmounts(orderId));
        if (request.shipping() != null && lines.isEmpty() && request.amount() == null)
            throw Refusal.ofField("shipping.amount", "out_of_range", "must be 1 or more, when there is nothing else");
        var amount = amountOf(request, order, lines, left);
        var allocation = allocation(request, paid, amount);
        if (approval == null && isAbove(settings.refundApprovalAbove(), order, amount))
            return requested.keep(order, order.money(amount), request, caller);
        if (approval != null && approval.requested().amount().minorUnits() != amount)
            return new Begun.Refused(RequestedRefunds.outdated(approval.requested(), order.money(amount)));
        if (isAbove(settings.stepUpRefundLimit(), order, amount)) freshLogins.require(caller);
        var refund = new Refund(
                orderId,
                refundId,
                Refund.State.PENDING,
                order.money(amount),
                late ? new Refund.Parts(0, 0, 0, amount) : partsOf(order, lines, amount),
                request.reason(),
                request.note(),
                cause.actor(),
                cause.requestKey(),
                clock.instant(),
                lines.lines());
        refunds.insert(refund);
        if (!refunds.take(orderId, refund.lines()))
            throw Refusal.ofField("lines", "too_many", "more than was bought and is left of it");
        return pay(order, refund, allocation, request, cause);
    }

    /** With this refund and all before it, those included that wait for their gateway; not what went back by itself. */
    private boolean isAbove(Map<String, Long> limits, OrderStore.Row order, long amount) {
        var limit = limits.get(order.currency().getCurrencyCode());
        if (limit == null) return false;
        var before = refunds.ofOrder(order.id()).stream()
                .filter(earlier -> earlier.state() != Refund.State.FAILED)
                .filter(earlier -> !Refund.LATE_PAYMENT.equals(earlier.reason()))
                .mapToLong(earlier -> earlier.amount().minorUnits())
                .sum();
        return Math.addExact(amount, before) > limit;
    }

    /** Whether what came too late is meant: it goes back by itself, and only when that failed does somebody name it. */
    private static boolean namesLate(RefundRequest request, List<Payment> all) {
        if (request.payments() == null || request.lines() != null || request.shipping() != null) return false;
        var named = request.payments().stream()
                .map(RefundRequest.Allocation::paymentId)
                .toList();
        return all.stream().anyMatch(payment -> payment.balance().late() && named.contains(payment.id()));
    }

    private static ResponseEntity<?> nothingLeft(OrderStore.Row order, List<Payment> paid) {
        var busy = paid.stream()
                .filter(payment -> payment.balance().refunding() > 0)
                .findFirst();
        if (busy.isPresent()) return MoneyRequests.underWay(busy.get());
        var disputed = paid.stream().anyMatch(payment -> payment.balance().disputed() > 0);
        return MoneyRequests.notNow(
                "not_refundable",
                disputed
                        ? "Its payment is disputed: the gateway has taken the money."
                        : "There is nothing to give back.",
                order);
    }

    private static long amountOf(RefundRequest request, OrderStore.Row order, RefundLines lines, long left) {
        var asked = request.amount();
        if (asked != null && !asked.currency().equals(order.currency()))
            throw Refusal.ofField("amount.currency", "other_currency", "must be " + order.currency());
        if (asked != null && asked.minorUnits() < 1)
            throw Refusal.ofField("amount.amount", "out_of_range", "must be 1 or more");
        var amount = !lines.isEmpty() ? lines.total() : asked == null ? left : asked.minorUnits();
        if (asked != null && asked.minorUnits() != amount)
            throw Refusal.ofField(
                    "amount.amount",
                    "differs",
                    "is not what the lines come to: " + new Money(amount, order.currency()));
        if (amount < 1) throw Refusal.ofField("lines", "worth_nothing", "come to nothing");
        if (amount > left)
            throw new Refusal(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "amount_too_large",
                    "Only %s are left to give back.".formatted(new Money(left, order.currency())),
                    Map.of("left", new Money(left, order.currency())),
                    List.of());
        return amount;
    }

    /** What the lines are for; or, without lines or where earlier refunds have left less, a part of everything in proportion. */
    private Refund.Parts partsOf(OrderStore.Row order, RefundLines lines, long amount) {
        var left = Postings.partsOf(order.totals());
        for (var earlier : refunds.ofOrder(order.id())) {
            var parts = outcomes.given(earlier).array();
            for (var i = 0; i < left.length; i++) left[i] = Math.max(0, left[i] - parts[i]);
        }
        var asked = lines.parts();
        if (!lines.isEmpty() && asked.goods() <= left[0] && asked.shipping() <= left[1] && asked.tax() <= left[2])
            return asked;
        var shares = Split.of(amount, left);
        return new Refund.Parts(shares[0], shares[1], shares[2], 0);
    }

    /** How much goes back to which payment: as asked, or to the oldest first. */
    private static Map<Payment, Long> allocation(RefundRequest request, List<Payment> paid, long amount) {
        var allocation = new LinkedHashMap<Payment, Long>();
        var rest = amount;
        if (request.payments() == null) {
            for (var payment : paid) {
                var share = Math.min(rest, payment.refundable());
                if (share > 0) allocation.put(payment, share);
                rest -= Math.max(0, share);
            }
            return allocation;
        }
        for (var i = 0; i < request.payments().size(); i++) {
            var field = "payments[" + i + "]";
            var asked = request.payments().get(i);
            var payment = paid.stream()
                    .filter(each -> each.id() == asked.paymentId())
                    .findFirst()
                    .orElseThrow(() -> Refusal.ofField(field + ".payment_id", "unknown", "is no payment of the order"));
            var share = asked.amount().minorUnits();
            if (!asked.amount().currency().equals(payment.amount().currency()))
                throw Refusal.ofField(
                        field + ".amount.currency",
                        "other_currency",
                        "must be " + payment.amount().currency());
            if (share < 1 || share > payment.refundable())
                throw Refusal.ofField(
                        field + ".amount.amount", "out_of_range", "must be from 1 to " + payment.refundable());
            if (allocation.put(payment, share) != null)
                throw Refusal.ofField(field + ".payment_id", "repeated", "may be named once");
            rest = Math.subtractExact(rest, share);
        }
        if (rest != 0)
            throw Refusal.ofField("payments", "differs", "come to another sum than the refund: off by " + -rest);
        return allocation;
    }

    private Begun pay(
            OrderStore.Row order,
            Refund refund,
            Map<Payment, Long> allocation,
            RefundRequest request,
            Operation.Cause cause) {
        var begun = new ArrayList<Operation>();
        for (var each : allocation.entrySet()) {
            var payment = each.getKey();
            var beginning = payment.isInvoice() || request.isTransfer()
                    ? moves.recordTransfer(
                            payment, Operation.Kind.REFUND, each.getValue(), request.reference(), refund.id(), cause)
                    : moves.beginRefund(payment, each.getValue(), refund.id(), cause);
            switch (beginning) {
                case PaymentMoves.Beginning.Begun(var operation) -> begun.add(operation);
                case PaymentMoves.Beginning.TooMuch(var busy, var _) -> {
                    return new Begun.Refused(MoneyRequests.underWay(busy));
                }
                case PaymentMoves.Beginning.Busy(var busy) -> {
                    return new Begun.Refused(MoneyRequests.underWay(busy));
                }
            }
        }
        for (var operation : begun) if (operation.gateway().equals(Operation.TRANSFER)) outcomes.done(order, operation);
        return new Begun.Asking(begun);
    }

    private ResponseEntity<?> answer(long orderId, List<Made> made) {
        var refundId = made.getFirst().operation().refundId();
        if (refundId == null) throw new IllegalStateException("an operation that pays no refund out");
        var view = views.of(orderId, refundId);
        var address = URI.create("/orders/" + orderId + "/refunds/" + refundId);
        if (view.state().equals(Refund.State.FAILED.code()))
            return Problem.of(
                    HttpStatus.PAYMENT_REQUIRED,
                    "refund_failed",
                    "The gateway did not give the money back.",
                    Map.of("reason", String.valueOf(MoneyRequests.failure(made)), "refund", address.toString()));
        var pending = view.state().equals(Refund.State.PENDING.code());
        return ResponseEntity.status(pending ? HttpStatus.ACCEPTED : HttpStatus.CREATED)
                .location(address)
                .body(view);
    }
}
