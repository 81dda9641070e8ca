package kontor.orders;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import kontor.idempotency.Idempotency;
import kontor.money.Money;
import kontor.orders.MoneyRequests.Begun;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentMoves.Made;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import kontor.web.Caller;
import kontor.web.Problem;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Takes what is held for an order: all of it, or part by part. */
@Component
class Capturing {
    private final OrderStore store;
    private final Completion completion;
    private final Payments payments;
    private final PaymentMoves moves;
    private final MoneyRequests requests;
    private final Idempotency idempotency;

    Capturing(
            OrderStore store,
            Completion completion,
            Payments payments,
            PaymentMoves moves,
            MoneyRequests requests,
            Idempotency idempotency) {
        this.store = store;
        this.completion = completion;
        this.payments = payments;
        this.moves = moves;
        this.requests = requests;
        this.idempotency = idempotency;
    }

    /**
     * {@code POST /orders/{id}/capture}.
     *
     * @param amount null for all that is held
     * @param last whether the rest is given up; it is given up anyway when nothing is left
     */
    @Schema(name = "CaptureRequest")
    record Request(@Nullable Money amount, @Nullable Boolean last) {}

    ResponseEntity<?> capture(long orderId, Request request, Caller caller, List<String> keys) {
        if (store.find(orderId, null).isEmpty()) throw Refusal.notFound("order");
        var key = idempotency.required(keys, caller.principal(), "POST /orders/" + orderId + "/capture", request);
        var cause = new Operation.Cause(caller.principal(), MoneyRequests.requestKeyOf(key), null);
        return requests.answer(orderId, key, () -> begin(orderId, request, cause), made -> answer(orderId, made));
    }

    private Begun begin(long orderId, Request request, Operation.Cause cause) {
        var order = store.lock(orderId, null).orElseThrow();
        var held = payments.ofOrder(orderId).stream()
                .filter(payment -> payment.status() == PaymentStatus.AUTHORIZED
                        && !payment.balance().late())
                .findFirst();
        if (held.isEmpty())
            return new Begun.Refused(MoneyRequests.notNow("not_capturable", "Nothing is held for it.", order));
        var amount = amountOf(request, held.get());
        // What is under way is told apart from what is too much: the one may be tried again.
        if (held.get().balance().capturing() > 0) return new Begun.Refused(MoneyRequests.underWay(held.get()));
        var last = Boolean.TRUE.equals(request.last()) || amount == held.get().capturable();
        return switch (moves.beginCapture(held.get(), amount, last, cause)) {
            case PaymentMoves.Beginning.Begun(var operation) -> new Begun.Asking(List.of(operation));
            case PaymentMoves.Beginning.TooMuch(var payment, var left) -> throw tooMuch(payment, left);
            case PaymentMoves.Beginning.Busy(var payment) -> new Begun.Refused(MoneyRequests.underWay(payment));
        };
    }

    private static long amountOf(Request request, Payment held) {
        var amount = request.amount();
        if (amount == null) return held.capturable();
        if (!amount.currency().equals(held.amount().currency()))
            throw Refusal.ofField(
                    "amount.currency",
                    "other_currency",
                    "must be " + held.amount().currency());
        if (amount.minorUnits() < 1) throw Refusal.ofField("amount.amount", "out_of_range", "must be 1 or more");
        if (amount.minorUnits() > held.capturable() && held.balance().capturing() == 0)
            throw tooMuch(held, held.capturable());
        return amount.minorUnits();
    }

    private static Refusal tooMuch(Payment payment, long left) {
        return Refusal.ofField(
                "amount.amount",
                "too_large",
                "is more than is held: " + new Money(left, payment.amount().currency()));
    }

    private ResponseEntity<?> answer(long orderId, List<Made> made) {
        var failure = MoneyRequests.failure(made);
        if (failure != null)
            return Problem.of(
                    HttpStatus.PAYMENT_REQUIRED,
                    "capture_failed",
                    "The gateway did not take the money.",
                    Map.of("reason", failure, "order", "/orders/" + orderId));
        var view = completion.view(store.find(orderId, null).orElseThrow());
        var known = made.stream().noneMatch(each -> each.state().isOpen());
        return ResponseEntity.status(known ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(view);
    }
}
