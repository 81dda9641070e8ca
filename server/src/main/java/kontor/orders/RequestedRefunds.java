package kontor.orders;

import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Map;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.money.Money;
import kontor.orders.MoneyRequests.Begun;
import kontor.orders.RequestedRefund.State;
import kontor.web.Caller;
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Refunds that wait for a second person. Until one agrees nothing moves, and nothing is held back. */
@Component
class RequestedRefunds {
    private static final String READ = "orders:read";

    private final RequestedRefundStore store;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    RequestedRefunds(RequestedRefundStore store, AuditLog log, TransactionTemplate transaction) {
        this.store = store;
        this.log = log;
        this.transaction = transaction;
    }

    /** What somebody decides about a request, in words. */
    record Decision(
            @Nullable @Size(max = 1000) @PlainText(lines = true)
            String note) {}

    RequestedRefund find(long id) {
        return store.find(id).orElseThrow(() -> Refusal.notFound("refund request"));
    }

    /** @throws Refusal 403 when the caller has asked for it, or may not see what it is about */
    RequestedRefund ofSomebodyElse(long id, Caller caller) {
        if (!caller.may(READ))
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "forbidden",
                    "Deciding about a refund needs the permission " + READ + ", too.");
        var request = find(id);
        if (request.isBy(caller))
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "own_request",
                    "Somebody else has to decide about what you have asked for. You may withdraw it.");
        return request;
    }

    /** Newest first. */
    List<RequestedRefund> list(long before, int limit, @Nullable State state, @Nullable Long orderId) {
        return store.list(before, limit, state, orderId);
    }

    /**
     * Keeps what somebody asks for; the caller's transaction has locked the order. One is open for an order at a time.
     *
     * @throws Refusal 403 for a client that calls for itself: nobody could say who is somebody else, for whoever holds its
     *     secret may be anybody
     */
    @Transactional(propagation = Propagation.MANDATORY)
    Begun keep(OrderStore.Row order, Money amount, RefundRequest asked, Caller caller) {
        if (!caller.isUser())
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "user_required",
                    "A user has to ask for so much, for another has to approve it.");
        var id = store.insert(order.id(), amount, asked, caller);
        if (id.isEmpty()) return new Begun.Refused(alreadyOpen(order.id()));
        var view = RequestedRefundView.of(find(id.get()));
        log.record(Act.of("refund_requests.request", subject(id.get())).with(view));
        return new Begun.Answered(
                ResponseEntity.accepted().location(address(id.get())).body(view));
    }

    private ResponseEntity<?> alreadyOpen(long orderId) {
        var open = store.openOf(orderId).map(request -> Map.of("refund_request", address(request.id())));
        return Problem.of(
                HttpStatus.CONFLICT,
                "refund_request_open",
                "A refund of this order waits for approval. It has to be decided or withdrawn first.",
                open.orElse(Map.of()));
    }

    /** Takes part in the caller's transaction. @return false when it is not open any more */
    @Transactional(propagation = Propagation.MANDATORY)
    boolean approve(RequestedRefund request, Decision decision, Caller caller, long refundId) {
        return decide(request.id(), State.APPROVED, decision, caller, refundId);
    }

    /** @throws Refusal 403 when the caller has asked for it, or may not see what it is about */
    ResponseEntity<?> decline(long id, Decision decision, Caller caller) {
        ofSomebodyElse(id, caller);
        return ended(id, State.DECLINED, decision, caller);
    }

    /** @throws Refusal 403 when somebody else has asked for it */
    ResponseEntity<?> withdraw(long id, Decision decision, Caller caller) {
        if (!find(id).isBy(caller))
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "not_own_request",
                    "Only whoever has asked for a refund withdraws the request.");
        return ended(id, State.WITHDRAWN, decision, caller);
    }

    private ResponseEntity<?> ended(long id, State state, Decision decision, Caller caller) {
        var done = transaction.execute(_ -> decide(id, state, decision, caller, null));
        return Boolean.TRUE.equals(done) ? ResponseEntity.ok(RequestedRefundView.of(find(id))) : alreadyDecided(id);
    }

    private boolean decide(long id, State state, Decision decision, Caller caller, @Nullable Long refundId) {
        var before = RequestedRefundView.of(find(id));
        if (!store.decide(id, state, decision.note(), caller, refundId)) return false;
        log.record(Act.of("refund_requests." + verb(state), subject(id))
                .changed(before, RequestedRefundView.of(find(id))));
        return true;
    }

    private static String verb(State state) {
        return switch (state) {
            case REQUESTED -> "request";
            case APPROVED -> "approve";
            case DECLINED -> "decline";
            case WITHDRAWN -> "withdraw";
        };
    }

    /** 409: it is approved, declined or withdrawn. */
    ResponseEntity<?> alreadyDecided(long id) {
        var request = find(id);
        return Problem.of(
                HttpStatus.CONFLICT,
                "already_decided",
                "It is not open any more.",
                Map.of("state", request.state().code(), "decided_by", String.valueOf(request.decidedBy())));
    }

    /** 409: since it was asked for something else has been given back, and now it comes to another amount. */
    static ResponseEntity<?> outdated(RequestedRefund request, Money now) {
        return Problem.of(
                HttpStatus.CONFLICT,
                "refund_request_outdated",
                "It would give back %s now, and %s were asked for. Decline it; it has to be asked for anew."
                        .formatted(now, request.amount()),
                Map.of("asked", request.amount(), "now", now));
    }

    private static URI address(long id) {
        return URI.create("/refund-requests/" + id);
    }

    private static String subject(long id) {
        return "refund_request:" + id;
    }
}
