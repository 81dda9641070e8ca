package kontor.payments.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.service.PaymentIntentService;
import java.util.function.Function;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Declined;

/**
 * Closes payments that were refused. Stripe keeps such an intent open for another card
 * (https://docs.stripe.com/payments/paymentintents/lifecycle), and whoever holds its secret could still confirm it: a
 * refusal is final, and is told, once that cannot be any more.
 */
final class StripeClosing {
    private final PaymentIntentService intents;
    private final StripeRefusals refusals;

    StripeClosing(PaymentIntentService intents, StripeRefusals refusals) {
        this.intents = intents;
        this.refusals = refusals;
    }

    /**
     * @param answer what the intent says
     * @param key of the call that closes it
     * @param found reads the intent once more, should it not be to be closed any more
     * @return {@code answer}, and a refusal only of an intent that is closed
     */
    GatewayAnswer closed(
            PaymentIntent intent, GatewayAnswer answer, String key, Function<PaymentIntent, GatewayAnswer> found) {
        return answer instanceof Declined refused && !StripeAnswers.isCanceled(intent)
                ? close(intent.getId(), refused, key, found)
                : answer;
    }

    private GatewayAnswer close(
            String reference, Declined refused, String key, Function<PaymentIntent, GatewayAnswer> found) {
        try {
            var intent = intents.cancel(reference, StripeGateway.key(key));
            if (!reference.equals(intent.getId())) return StripeGateway.mismatch("close", intent, "another payment");
            return StripeAnswers.isCanceled(intent)
                    ? refused
                    : StripeGateway.mismatch("close", intent, String.valueOf(intent.getStatus()));
        } catch (StripeException e) {
            return refusals.ofClose(e, reference, refused, found);
        }
    }
}
