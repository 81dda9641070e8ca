package kontor.orders;

import kontor.payments.GatewayAnswer;
import kontor.payments.PaymentOutcomes;
import kontor.payments.Payments;
import org.springframework.stereotype.Component;

/** What gateways have not answered yet about an order: found out before anything is asked on top of it. */
@Component
class OpenQuestions {
    private final Payments payments;
    private final PaymentOutcomes outcomes;

    OpenQuestions(Payments payments, PaymentOutcomes outcomes) {
        this.payments = payments;
        this.outcomes = outcomes;
    }

    /** Asks gateways, so it must not run inside a transaction. What is being asked by somebody else is left to them. */
    void settle(long orderId) {
        for (var operation : payments.unansweredOf(orderId)) {
            var answer = payments.resolve(operation);
            var unsent = answer instanceof GatewayAnswer.NoAnswer no && !no.wasSent();
            if (!unsent) outcomes.settle(operation, answer, "recovery");
        }
    }
}
