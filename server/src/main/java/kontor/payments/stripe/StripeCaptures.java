package kontor.payments.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentCaptureParams;
import com.stripe.service.PaymentIntentService;
import java.util.Objects;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.GatewayRequest.Capture;

/**
 * Takes what is held, in one part or in several (https://docs.stripe.com/payments/multicapture). Stripe keeps no record of
 * a single capture, only of the sum: what it received beyond the earlier captures was taken by this one, because no two
 * of a payment are ever under way.
 */
final class StripeCaptures {
    private final PaymentIntentService intents;
    private final StripeRefusals refusals;

    StripeCaptures(PaymentIntentService intents, StripeRefusals refusals) {
        this.intents = intents;
        this.refusals = refusals;
    }

    GatewayAnswer capture(Capture request) {
        var params = PaymentIntentCaptureParams.builder().setAmountToCapture(StripeAmounts.amountOf(request.amount()));
        // Saying that it is the last is the default, and all that cards know which allow only one.
        if (!request.last()) params.setFinalCapture(false);
        try {
            var intent = intents.capture(
                    request.gatewayReference(), params.build(), StripeGateway.key(request.operationKey()));
            var answer = found(intent, request);
            // The answer to a capture knows of it, so it cannot have taken nothing.
            return answer instanceof NotFound || answer instanceof Voided
                    ? StripeGateway.mismatch("capture", intent, "captured nothing")
                    : answer;
        } catch (StripeException e) {
            return refusals.ofCapture(e, request.gatewayReference(), intent -> found(intent, request));
        }
    }

    GatewayAnswer lookUp(Capture request) {
        try {
            return found(intents.retrieve(request.gatewayReference()), request);
        } catch (StripeException e) {
            return refusals.ofLookUp(e);
        }
    }

    private static GatewayAnswer found(PaymentIntent intent, Capture request) {
        if (!request.gatewayReference().equals(intent.getId())) {
            return StripeGateway.mismatch("capture", intent, "another payment");
        }
        var currency = StripeAmounts.currencyOf(request.amount());
        if (!currency.equals(intent.getCurrency())) {
            return StripeGateway.mismatch("capture", intent, "another currency");
        }
        var before = StripeAmounts.amountOf(
                new Money(request.capturedBefore(), request.amount().currency()));
        var taken = Objects.requireNonNullElse(intent.getAmountReceived(), 0L) - before;
        if (taken == StripeAmounts.amountOf(request.amount())) {
            return new Captured(request.gatewayReference(), request.amount());
        }
        if (taken != 0)
            return StripeGateway.mismatch("capture", intent, "captured " + StripeAmounts.moneyOf(taken, currency));
        // An intent whose hold has ended says "succeeded" when a part of it had been captured before.
        var isGone = "canceled".equals(intent.getStatus()) || "succeeded".equals(intent.getStatus());
        return isGone ? new Voided(intent.getId()) : new NotFound();
    }
}
