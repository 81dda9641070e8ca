package kontor.payments;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import kontor.web.Anyone;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes what the buyer's browser brings back from the gateway's page. A guest has nothing to sign in with, so anybody may
 * bring it: it counts for nothing until the gateway has said what it is worth, and no more than the payment's status is told.
 */
@RestController
@Tag(name = "Payments")
class PaymentConfirmationController {
    private final Payments payments;
    private final GatewayQuestions questions;
    private final PaymentOutcomes outcomes;

    PaymentConfirmationController(Payments payments, GatewayQuestions questions, PaymentOutcomes outcomes) {
        this.payments = payments;
        this.questions = questions;
        this.outcomes = outcomes;
    }

    /** @param parameters of the address that the browser came back to, as they were */
    record Return(
            @NotNull @Size(max = 20)
            Map<@NotNull @Size(min = 1, max = 100) @PlainText String, @NotNull @Size(max = 10_240) @PlainText String>
                    parameters) {}

    /** @param status as {@code GET /payments/{id}} shows it */
    record Status(String status) {}

    @Anyone
    @PostMapping("/payments/{id}/confirm")
    @Operation(
            summary = "The buyer is back from the gateway's page",
            description =
                    "Takes no Idempotency-Key: a payment that waits no more is left as it is, and its status told.")
    Status confirm(@PathVariable long id, @RequestBody @Valid Return brought) {
        var payment = payments.find(id, null).orElseThrow(() -> Refusal.notFound("payment"));
        payments.waitingAuthorization(payment.orderId(), id)
                .ifPresent(waiting -> outcomes.settle(
                        waiting, questions.confirm(waiting, brought.parameters()), "gateway:" + waiting.gateway()));
        return new Status(payments.find(id, null).orElseThrow().status().code());
    }
}
