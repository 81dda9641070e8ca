package kontor.orders;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.idempotency.RequestKey;
import kontor.payments.Operation;
import kontor.payments.Payments;
import kontor.web.Caller;
import kontor.web.Problem;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Answers requests to call an order off, each key once. Where a gateway has to be asked first, the key is claimed with the
 * question; what is answered, now or to a repetition, follows from what came of that question.
 */
@Component
class CancelRequests {
    private final OrderStore store;
    private final Cancelling cancelling;
    private final Completion completion;
    private final Payments payments;
    private final OpenQuestions questions;
    private final Idempotency idempotency;
    private final OrderSettings settings;
    private final TransactionTemplate transaction;

    CancelRequests(
            OrderStore store,
            Cancelling cancelling,
            Completion completion,
            Payments payments,
            OpenQuestions questions,
            Idempotency idempotency,
            OrderSettings settings,
            TransactionTemplate transaction) {
        this.store = store;
        this.cancelling = cancelling;
        this.completion = completion;
        this.payments = payments;
        this.questions = questions;
        this.idempotency = idempotency;
        this.settings = settings;
        this.transaction = transaction;
    }

    /** @param owner whose order it must be; null for anyone's */
    ResponseEntity<?> answer(
            long id, @Nullable Long owner, Caller caller, OrderController.Cancellation body, List<String> keys) {
        if (store.find(id, owner).isEmpty()) throw Refusal.notFound("order");
        var key = idempotency.required(keys, caller.principal(), "POST /orders/" + id + "/cancel", body);
        if (!idempotency.find(List.of(key)).containsKey(key)) questions.settle(id);
        var order = store.find(id, owner).orElseThrow();
        var cause = new Operation.Cause(caller.principal(), key.key(), body.reason());
        var begun = (order.status() == OrderStatus.PENDING_PAYMENT
                        || (order.status() == OrderStatus.CONFIRMED
                                && order.paymentStatus() == PaymentState.AUTHORIZED))
                && cancelling.endWaitingPayment(id, cause, key);
        var recorded = idempotency.find(List.of(key)).get(key);
        if (recorded == null) return idempotency.once(key, () -> cancelled(id, owner, caller, body));
        if (!recorded.matches(key)) throw Idempotency.reused();
        return recorded.answer() == null
                ? afterVoid(id, key, begun, caller, body)
                : recorded.answer().toResponse(!begun);
    }

    private ResponseEntity<?> cancelled(
            long id, @Nullable Long owner, Caller caller, OrderController.Cancellation body) {
        var result = cancelling
                .cancel(id, owner, caller.principal(), body.reason())
                .orElseThrow(() -> Refusal.notFound("order"));
        return switch (result) {
            case Cancelling.Result.Cancelled(var order) -> ResponseEntity.ok(completion.view(order));
            case Cancelling.Result.NotNow refused -> refusal(refused);
        };
    }

    /** What came of the question that the key was claimed with. */
    private ResponseEntity<?> afterVoid(
            long id, RequestKey key, boolean begunByThisRequest, Caller caller, OrderController.Cancellation body) {
        var state = endOf(id, key).orElseThrow(Idempotency::underWay);
        var order = store.find(id, null).orElseThrow();
        if (state == Operation.State.SUCCEEDED && order.status() == OrderStatus.CANCELLED) {
            var answer = idempotency.written(ResponseEntity.ok(completion.view(order)));
            return idempotency.answerOnce(key, answer).toResponse(!begunByThisRequest);
        }
        var obstacle = Cancelling.obstacleTo(order);
        // What stood in its way then has gone since: the money was given back, or is not held any more.
        return obstacle == null ? afterAll(id, key, caller, body) : refusal(obstacle);
    }

    /** Calls off under a key that was claimed before, and has no answer yet. */
    private ResponseEntity<?> afterAll(long id, RequestKey key, Caller caller, OrderController.Cancellation body) {
        ResponseEntity<?> outcome = transaction.execute(_ -> {
            var cancelled = cancelled(id, null, caller, body);
            if (cancelled.getStatusCode().is2xxSuccessful())
                idempotency.answer(List.of(new Claim(key, idempotency.written(cancelled), id)));
            return cancelled;
        });
        var response = Objects.requireNonNull(outcome, "a transaction gave no answer");
        // Refused may also mean that a repetition was faster.
        var recorded = idempotency.find(List.of(key)).get(key);
        return recorded != null
                        && recorded.answer() != null
                        && !response.getStatusCode().is2xxSuccessful()
                ? recorded.answer().toResponse(true)
                : response;
    }

    /** Waits while the first request with the key may still be asking. */
    private Optional<Operation.State> endOf(long id, RequestKey key) {
        var now = stateOf(id, key);
        return now.isPresent() ? now : Patience.await(settings.answerPatience(), () -> stateOf(id, key));
    }

    /** Empty while the gateway has perhaps not been asked yet. */
    private Optional<Operation.State> stateOf(long id, RequestKey key) {
        return payments.stateOfVoid(id, key.principal(), key.key()).filter(state -> state != Operation.State.INTENT);
    }

    private static ResponseEntity<?> refusal(Cancelling.Result.NotNow refused) {
        return Problem.of(
                HttpStatus.CONFLICT,
                "not_cancellable",
                refused.reason(),
                Map.of("order_status", refused.status(), "payment_status", refused.paymentStatus()));
    }
}
