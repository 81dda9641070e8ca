package kontor.payments;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import kontor.batching.Overloaded;
import kontor.money.Money;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.NotRateLimited;
import kontor.web.Problem;
import kontor.web.RateLimits;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Payments")
class PaymentController {
    private static final Logger log = LoggerFactory.getLogger(PaymentController.class);

    private final Payments payments;
    private final GatewayQuestions questions;
    private final InboundEvents inbox;
    private final RateLimits limits;
    private final Clock clock;

    PaymentController(
            Payments payments, GatewayQuestions questions, InboundEvents inbox, RateLimits limits, Clock clock) {
        this.payments = payments;
        this.questions = questions;
        this.inbox = inbox;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * A payment as the API shows it.
     *
     * @param refundable what can still be given back: what is under way or disputed counts as gone
     * @param capturable what can still be taken of what is held
     * @param late taken after the payment had ended: it pays for nothing and is given back
     */
    record PaymentView(
            long id,
            long orderId,
            String method,
            @Nullable String gateway,
            String status,
            Money amount,
            Money captured,
            Money refunded,
            Money refundable,
            Money capturable,
            Money disputed,
            boolean late) {
        static PaymentView of(Payment payment) {
            return new PaymentView(
                    payment.id(),
                    payment.orderId(),
                    payment.method(),
                    payment.gateway(),
                    payment.status().code(),
                    payment.amount(),
                    money(payment, payment.captured()),
                    money(payment, payment.balance().refunded()),
                    money(payment, payment.refundable()),
                    money(payment, payment.capturable()),
                    money(payment, payment.balance().disputed()),
                    payment.balance().late());
        }

        private static Money money(Payment payment, long minorUnits) {
            return new Money(minorUnits, payment.amount().currency());
        }
    }

    @SignedIn(scope = "orders:read")
    @GetMapping("/payments/{id}")
    @Operation(summary = "One payment: the buyer's own, or any with the permission orders:read")
    PaymentView find(@PathVariable long id, Caller caller) {
        return payments.find(id, caller.may("orders:read") ? null : caller.userId())
                .map(PaymentView::of)
                .orElseThrow(() -> Refusal.notFound("payment"));
    }

    @Anyone
    @NotRateLimited
    @PostMapping("/gateways/{name}/webhook")
    @Operation(
            summary = "Messages of payment gateways, signed by them",
            description =
                    "Takes no Idempotency-Key: every message has an id of its own, and one that comes again is known by it."
                            + " Of a message with several events those that are signed are kept, whatever the others are;"
                            + " one that is not makes it a 401, and the message may be sent again as it is.")
    ResponseEntity<?> receive(@PathVariable String name, HttpServletRequest request) throws IOException {
        if (!questions.gatewayNames().contains(name)) {
            limits.count(request);
            throw Refusal.notFound("gateway");
        }
        var body = request.getInputStream().readAllBytes();
        var gateway = questions.gateway(name);
        return switch (gateway.readWebhook(body, request::getHeader, clock.instant())) {
            case WebhookVerdict.Verified(var parts, var refused) -> {
                try {
                    for (var part : parts) inbox.receive(name, part.event(), part.raw());
                } catch (Overloaded e) {
                    yield Problem.of(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            "overloaded",
                            "Too many messages at once. Send it again later.",
                            Map.of("retry_after", 1));
                }
                if (!refused.isEmpty()) yield refusedInPart(name, parts.size(), refused, request);
                var receipt = gateway.receipt();
                yield ResponseEntity.ok()
                        .contentType(MediaType.parseMediaType(receipt.contentType()))
                        .body(receipt.text());
            }
            case WebhookVerdict.Unreadable(var reason) -> {
                log.warn("A signed message of {} cannot be read: {}", name, reason);
                yield Problem.of(HttpStatus.BAD_REQUEST, "unreadable_event", "This is not an event.");
            }
            case WebhookVerdict.Forged(var reason) -> {
                limits.count(request);
                log.warn("A message that claims to come from {} was refused: {}", name, reason);
                yield Problem.of(HttpStatus.UNAUTHORIZED, "invalid_signature", "The signature does not fit.");
            }
        };
    }

    /** What could be believed is kept, and known when it comes again; the rest never leads to a 2xx. */
    private ResponseEntity<?> refusedInPart(String name, int kept, List<String> refused, HttpServletRequest request) {
        limits.count(request);
        log.warn("{} events of a message of {} were kept, and these refused: {}", kept, name, refused);
        return Problem.of(
                HttpStatus.UNAUTHORIZED,
                "invalid_signature",
                "The signature does not fit some of these events; the others are kept.",
                Map.of("kept", kept, "refused", refused.size()));
    }
}
