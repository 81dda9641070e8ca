package kontor.orders;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Pays what is due on an order's invoice: by card, or by a bank transfer that staff write down. In parts, if so asked. */
@Component
class Paying {
    static final String RECORD = "payments:record";
    private static final Logger log = LoggerFactory.getLogger(Paying.class);
    private static final int AT_ONCE = 100;
    private static final Operation.Cause EXPIRY = new Operation.Cause("expiry", null, null);

    private final OrderStore store;
    private final Completion completion;
    private final OrderMoney money;
    private final Payments payments;
    private final PaymentMoves moves;
    private final MoneyRequests requests;
    private final Idempotency idempotency;
    private final OrderSettings settings;
    private final ReturnUrls returnUrls;
    private final TransactionTemplate transaction;

    Paying(
            OrderStore store,
            Completion completion,
            OrderMoney money,
            Payments payments,
            PaymentMoves moves,
            MoneyRequests requests,
            Idempotency idempotency,
            OrderSettings settings,
            ReturnUrls returnUrls,
            TransactionTemplate transaction) {
        this.store = store;
        this.completion = completion;
        this.money = money;
        this.payments = payments;
        this.moves = moves;
        this.requests = requests;
        this.idempotency = idempotency;
        this.settings = settings;
        this.returnUrls = returnUrls;
        this.transaction = transaction;
    }

    /**
     * {@code POST /orders/{id}/payments}.
     *
     * @param amount null for all that is due
     * @param reference of the bank's statement, for a transfer
     */
    record Request(
            @NotNull
            @Pattern(regexp = "card|transfer", message = "must be card or transfer")
            @Schema(allowableValues = {"card", "transfer"})
            String method,

            @Nullable Money amount,
            @Nullable @Size(max = 40) @PlainText String gateway,
            @Nullable @Size(max = 255) @PlainText String token,

            @Nullable @Size(max = 2000) @PlainText String returnUrl,

            @Nullable @Size(max = 140) @PlainText String reference) {
        boolean isCard() {
            return "card".equals(method);
        }
    }

    /** @param owner whose order it must be; null for anyone's */
    ResponseEntity<?> pay(long orderId, @Nullable Long owner, Request request, Caller caller, List<String> keys) {
        if (store.find(orderId, owner).isEmpty()) throw Refusal.notFound("order");
        if (!request.isCard() && !caller.may(RECORD)) throw notAllowedToRecord();
        if (request.isCard()) checkCard(request);
        var key = idempotency.required(keys, caller.principal(), "POST /orders/" + orderId + "/payments", request);
        var cause = new Operation.Cause(caller.principal(), MoneyRequests.requestKeyOf(key), null);
        return requests.answer(orderId, key, () -> begin(orderId, request, cause), made -> answer(orderId, made));
    }

    static Refusal notAllowedToRecord() {
        return new Refusal(
                HttpStatus.FORBIDDEN, "forbidden", "Writing down a bank transfer needs the permission " + RECORD + ".");
    }

    private void checkCard(Request request) {
        if (request.gateway() == null || !payments.gatewayNames().contains(request.gateway()))
            throw Refusal.ofField("gateway", "unknown", "must be one of " + payments.gatewayNames());
        if (request.token() == null || request.token().isBlank())
            throw Refusal.ofField("token", "missing", "is needed for a card");
        returnUrls.checked("return_url", request.returnUrl());
    }

    private Begun begin(long orderId, Request request, Operation.Cause cause) {
        var order = store.lock(orderId, null).orElseThrow();
        var all = payments.ofOrder(orderId);
        var waiting = all.stream().filter(Paying::isUnderWay).findFirst();
        if (waiting.isPresent()) return new Begun.Refused(MoneyRequests.underWay(waiting.get()));
        var invoice = all.stream().filter(payment -> payment.due() > 0).findFirst();
        if (invoice.isEmpty() || order.status() == OrderStatus.CANCELLED)
            return new Begun.Refused(MoneyRequests.notNow("nothing_due", "There is nothing to pay on it.", order));
        var amount = amountOf(request, invoice.get());
        var beginning = request.isCard()
                ? beginCard(order, invoice.get(), amount, request, cause)
                : moves.recordTransfer(invoice.get(), Operation.Kind.CAPTURE, amount, request.reference(), null, cause);
        return switch (beginning) {
            case PaymentMoves.Beginning.Begun(var operation) -> {
                if (!request.isCard()) money.transferred(order, operation);
                yield new Begun.Asking(List.of(operation));
            }
            case PaymentMoves.Beginning.TooMuch(var payment, var left) -> throw tooMuch(payment, left);
            case PaymentMoves.Beginning.Busy(var payment) -> new Begun.Refused(MoneyRequests.underWay(payment));
        };
    }

    private static boolean isUnderWay(Payment payment) {
        return switch (payment.status()) {
            case CREATED, REQUIRES_ACTION, UNKNOWN -> true;
            case AUTHORIZED -> !payment.balance().late();
            case OPEN, CAPTURED, FAILED, VOIDED -> false;
        };
    }

    private static long amountOf(Request request, Payment invoice) {
        var amount = request.amount();
        if (amount == null) return invoice.due();
        if (!amount.currency().equals(invoice.amount().currency()))
            throw Refusal.ofField(
                    "amount.currency",
                    "other_currency",
                    "must be " + invoice.amount().currency());
        if (amount.minorUnits() < 1) throw Refusal.ofField("amount.amount", "out_of_range", "must be 1 or more");
        if (amount.minorUnits() > invoice.due()) throw tooMuch(invoice, invoice.due());
        return amount.minorUnits();
    }

    private static Refusal tooMuch(Payment payment, long left) {
        return Refusal.ofField(
                "amount.amount",
                "too_large",
                "is more than is due: " + new Money(left, payment.amount().currency()));
    }

    private PaymentMoves.Beginning beginCard(
            OrderStore.Row order, Payment invoice, long amount, Request request, Operation.Cause cause) {
        var payment = new Payment(
                order.id(),
                payments.nextPaymentId(),
                "card",
                request.gateway(),
                order.money(amount),
                PaymentStatus.CREATED,
                0,
                null);
        var authorize = new Operation(
                order.id(),
                payment.id(),
                payments.nextOperationId(),
                Operation.Kind.AUTHORIZE,
                String.valueOf(request.gateway()),
                payment.amount(),
                true,
                request.token(),
                returnUrls.checked("return_url", request.returnUrl()),
                null,
                cause);
        return moves.beginPayment(invoice, payment, authorize);
    }

    /** Gives up payments beside an invoice whose buyers did not come back to confirm them, so that another can be begun. */
    @Scheduled(fixedDelayString = "${kontor.orders.expiry-interval:10s}")
    void endForgotten() {
        for (var payment : payments.waitingSince(settings.paymentPatience(), AT_ONCE)) {
            try {
                begin(payment).ifPresent(voiding -> money.settle(voiding, payments.ask(voiding)));
            } catch (RuntimeException e) {
                log.warn("Payment {} was forgotten and could not be given up yet", payment.id(), e);
            }
        }
    }

    private Optional<Operation> begin(Payment waiting) {
        Optional<Operation> begun = transaction.execute(status -> {
            var order = store.lock(waiting.orderId(), null).orElseThrow();
            var voiding = payments.voidOf(waiting, EXPIRY);
            // The first payment of an order that waits for it is called off with the order.
            if (order.status() != OrderStatus.PENDING_PAYMENT && payments.insertVoid(voiding))
                return Optional.of(voiding);
            status.setRollbackOnly();
            return Optional.empty();
        });
        return Objects.requireNonNull(begun, "a transaction gave no answer");
    }

    private ResponseEntity<?> answer(long orderId, List<Made> made) {
        var address = URI.create("/payments/" + made.getLast().operation().paymentId());
        var failure = MoneyRequests.failure(made);
        if (failure != null)
            return Problem.of(
                    HttpStatus.PAYMENT_REQUIRED,
                    "payment_declined",
                    "The payment was declined.",
                    Map.of("decline_code", failure, "payment", address.toString(), "order", "/orders/" + orderId));
        var view = completion.view(store.find(orderId, null).orElseThrow());
        var known = made.stream().noneMatch(each -> each.state().isOpen());
        return ResponseEntity.status(known ? HttpStatus.CREATED : HttpStatus.ACCEPTED)
                .location(address)
                .body(view);
    }
}
