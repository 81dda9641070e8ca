package kontor.orders;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.idempotency.RequestKey;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentMoves.Made;
import kontor.payments.Payments;
import kontor.web.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests that move money of an order that stands, each once per key: the key and what will be asked are committed
 * together, then the gateway is asked, then what it answered is written down, and the answer follows from that. A
 * repetition, also after a crash, finds what came of it.
 */
@Component
class MoneyRequests {
    private static final String OF_ORDER = "POST /orders/";

    private final PaymentMoves moves;
    private final Payments payments;
    private final OrderMoney money;
    private final OpenQuestions questions;
    private final Idempotency idempotency;
    private final OrderSettings settings;
    private final TransactionTemplate transaction;

    MoneyRequests(
            PaymentMoves moves,
            Payments payments,
            OrderMoney money,
            OpenQuestions questions,
            Idempotency idempotency,
            OrderSettings settings,
            TransactionTemplate transaction) {
        this.moves = moves;
        this.payments = payments;
        this.money = money;
        this.questions = questions;
        this.idempotency = idempotency;
        this.settings = settings;
        this.transaction = transaction;
    }

    /** What a request writes before anything is asked. */
    sealed interface Begun {
        /** What will be asked. */
        record Asking(List<Operation> operations) implements Begun {}

        /** It is not for now: this is the answer, committed with what was written, and told again. */
        record Answered(ResponseEntity<?> answer) implements Begun {}

        /** Nothing is to be done: the transaction is taken back. */
        record Refused(ResponseEntity<?> problem) implements Begun {}
    }

    /**
     * @param begin called in a transaction; a {@link kontor.web.Refusal} thrown there takes it back as well
     * @param answer from what is known of the operations that the request wanted; at least one
     */
    ResponseEntity<?> answer(
            long orderId, RequestKey key, Supplier<Begun> begin, Function<List<Made>, ResponseEntity<?>> answer) {
        if (isKnown(key)) return again(orderId, key, answer);
        questions.settle(orderId);
        var begun = begin(orderId, key, begin);
        if (begun.isEmpty()) return again(orderId, key, answer);
        return switch (begun.get()) {
            case Begun.Refused(var problem) -> problem;
            case Begun.Answered(var response) -> response;
            case Begun.Asking(var operations) -> {
                for (var operation : operations) ask(operation);
                yield finish(orderId, key, answer, false);
            }
        };
    }

    /** @return empty when another request with the key was faster */
    private Optional<Begun> begin(long orderId, RequestKey key, Supplier<Begun> begin) {
        Optional<Begun> outcome = transaction.execute(status -> {
            if (!idempotency.claim(List.of(new Claim(key, null, orderId))).isEmpty()) {
                status.setRollbackOnly();
                return Optional.empty();
            }
            var begun = begin.get();
            if (begun instanceof Begun.Refused) status.setRollbackOnly();
            if (!(begun instanceof Begun.Answered(var response))) return Optional.of(begun);
            var answer = idempotency.written(response);
            idempotency.answer(List.of(new Claim(key, answer, orderId)));
            return Optional.of(new Begun.Answered(answer.toResponse(false)));
        });
        return Objects.requireNonNull(outcome, "a transaction gave no answer");
    }

    private boolean isKnown(RequestKey key) {
        return idempotency.find(List.of(key)).containsKey(key);
    }

    private void ask(Operation operation) {
        if (!operation.gateway().equals(Operation.TRANSFER)) money.settle(operation, payments.ask(operation));
    }

    private ResponseEntity<?> again(long orderId, RequestKey key, Function<List<Made>, ResponseEntity<?>> answer) {
        var recorded = idempotency.find(List.of(key)).get(key);
        if (recorded == null) throw Idempotency.underWay(); // the first one is just being taken back
        if (!recorded.matches(key)) throw Idempotency.reused();
        if (recorded.answer() != null) return recorded.answer().toResponse(true);
        Patience.await(settings.answerPatience(), () -> asked(orderId, key) ? Optional.of(true) : Optional.empty());
        if (!asked(orderId, key)) throw Idempotency.underWay();
        return finish(orderId, key, answer, true);
    }

    private boolean asked(long orderId, RequestKey key) {
        var made = madeBy(orderId, key);
        return !made.isEmpty() && made.stream().noneMatch(each -> each.state() == Operation.State.INTENT);
    }

    /** Only what is final is kept as the answer: a repetition of what is not yet known shall learn of it. */
    private ResponseEntity<?> finish(
            long orderId, RequestKey key, Function<List<Made>, ResponseEntity<?>> answer, boolean replayed) {
        var made = madeBy(orderId, key);
        var response = answer.apply(made);
        if (made.stream().anyMatch(each -> each.state().isOpen())) return response;
        return idempotency.answerOnce(key, idempotency.written(response)).toResponse(replayed);
    }

    private List<Made> madeBy(long orderId, RequestKey key) {
        return Objects.requireNonNull(
                transaction.execute(_ -> moves.madeBy(orderId, key.principal(), requestKeyOf(key))),
                "a transaction gave no answer");
    }

    /**
     * How a request is named in its operations: keys are the caller's own per route, so the route is part of it, but for the
     * order, which the operations know.
     */
    static String requestKeyOf(RequestKey key) {
        var route = key.route();
        var named = route.startsWith(OF_ORDER) ? route.lastIndexOf('/') : route.indexOf('/');
        return route.substring(named + 1) + " " + key.key();
    }

    /** 409: a payment of the order has a question open at its gateway. */
    static ResponseEntity<?> underWay(Payment payment) {
        return Problem.of(
                HttpStatus.CONFLICT,
                "payment_under_way",
                "The gateway has not answered an earlier request about this payment yet. Look at the payment, then try again.",
                Map.of(
                        "payment",
                        "/payments/" + payment.id(),
                        "payment_status",
                        payment.status().code(),
                        "retry_after",
                        5));
    }

    /** 409: the order is in no state for it. */
    static ResponseEntity<?> notNow(String code, String detail, OrderStore.Row order) {
        return Problem.of(
                HttpStatus.CONFLICT,
                code,
                detail,
                Map.of("order_status", order.status(), "payment_status", order.paymentStatus()));
    }

    /** What the only operation of a request failed with; null when it did not. */
    static @Nullable String failure(List<Made> made) {
        var last = made.getLast();
        return last.state() == Operation.State.FAILED ? String.valueOf(last.code()) : null;
    }
}
