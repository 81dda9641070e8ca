package kontor.payments.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it means when a call fails. A refusal needs Stripe to say so, in its own JSON, with the status and the type that
 * belong together; anything else leaves the payment unknown.
 *
 * <table>
 * <caption>Statuses and error types, after https://docs.stripe.com/error-handling and /api/idempotent_requests</caption>
 * <tr><th>Answer</th><th>Means</th><th>Why</th></tr>
 * <tr><td>none: refused connection, timeout, reset, cut or endless body</td><td>NoAnswer</td>
 *     <td>Stripe may have executed it</td></tr>
 * <tr><td>3xx</td><td>NoAnswer</td><td>the API never redirects: this is not Stripe speaking</td></tr>
 * <tr><td>400, 404 {@code idempotency_error}</td><td>NoAnswer, ERROR in the log</td>
 *     <td>the key was used with other content: the first call may have moved money. A bug of ours</td></tr>
 * <tr><td>400 {@code invalid_request_error} on authorize</td><td>Declined</td>
 *     <td>refused while it was read; such answers are not kept under the key, so had an earlier call with it been
 *     executed, its answer would have come instead</td></tr>
 * <tr><td>the same on capture, cancel and close</td><td>the state in the error's payment intent</td>
 *     <td>{@code payment_intent_unexpected_state}: the payment is not where we thought, and the error says where it is.
 *     Without that object NoAnswer</td></tr>
 * <tr><td>the same on refund</td><td>Declined, as with {@code charge_disputed}; {@code charge_already_refunded}
 *     NoAnswer</td>
 *     <td>a refund that is already there may be this one</td></tr>
 * <tr><td>404 with a reference we hold, and on looking up</td><td>NoAnswer, ERROR in the log</td>
 *     <td>Stripe itself named it, so the secret key belongs to another account or mode</td></tr>
 * <tr><td>401, 403</td><td>NoAnswer, ERROR in the log</td>
 *     <td>our key is wrong, revoked or too weak. This call did nothing, yet it says nothing about the payment either,
 *     and no buyer should be told that a card was declined. It resolves when the key is mended</td></tr>
 * <tr><td>402 {@code card_error}</td><td>Declined</td><td>the only way in which a card is refused, and only when the
 *     payment intent in the error is ours and has taken nothing. It is open for another card and is closed first</td></tr>
 * <tr><td>402 of any other type</td><td>NoAnswer</td><td>not said that a card was refused</td></tr>
 * <tr><td>409</td><td>NoAnswer</td><td>a call with this key is still under way, and may succeed</td></tr>
 * <tr><td>429</td><td>NoAnswer</td><td>too fast, or the object is locked by another call: says nothing of the outcome</td></tr>
 * <tr><td>5xx</td><td>NoAnswer</td><td>Stripe: treat as indeterminate</td></tr>
 * <tr><td>any status with something else than Stripe's JSON</td><td>NoAnswer</td><td>a proxy, or a broken answer</td></tr>
 * </table>
 */
final class StripeRefusals {
    private static final Logger log = LoggerFactory.getLogger(StripeRefusals.class);

    private final StripeAnswers answers;

    StripeRefusals(StripeAnswers answers) {
        this.answers = answers;
    }

    /**
     * @param ours whether a payment intent is the one that was asked for
     * @param close ends a refused one, so that the refusal is final
     */
    GatewayAnswer ofAuthorize(
            StripeException e,
            Predicate<PaymentIntent> ours,
            BiFunction<PaymentIntent, Declined, GatewayAnswer> close) {
        if (!isCardError(e)) return isRefusedRequest(e) ? refusedRequest("authorize", e) : unknown("authorize", e);
        var answer = cardRefused(e, ours, Set.of("requires_payment_method", "canceled"));
        var intent = e.getStripeError().getPaymentIntent();
        return answer instanceof Declined refused && intent != null ? close.apply(intent, refused) : answer;
    }

    /**
     * @param refused what is told of the payment if it is closed
     * @param found reads where it stands if it is not to be closed any more
     */
    GatewayAnswer ofClose(
            StripeException e, String reference, Declined refused, Function<PaymentIntent, GatewayAnswer> found) {
        var intent = isRefusedRequest(e) ? intentOf(e, reference) : null;
        if (intent == null) return unknown("close", e);
        if (StripeAnswers.isCanceled(intent)) return refused;
        var answer = found.apply(intent);
        return answer instanceof Declined ? unknown("close", e) : answer; // open for another card, as it was
    }

    /** @param found reads what a capture has come to in a payment intent */
    GatewayAnswer ofCapture(StripeException e, String reference, Function<PaymentIntent, GatewayAnswer> found) {
        if (isCardError(e)) {
            return cardRefused(
                    e,
                    intent -> reference.equals(intent.getId()),
                    Set.of("requires_capture", "requires_payment_method", "canceled"));
        }
        var intent = isRefusedRequest(e) ? intentOf(e, reference) : null;
        if (intent == null) return unknown("capture", e);
        var answer = found.apply(intent);
        // Whatever was wrong with the request, it took nothing.
        return answer instanceof GatewayAnswer.NotFound ? refusedRequest("capture", e) : answer;
    }

    GatewayAnswer ofCancel(StripeException e, String reference) {
        var intent = isRefusedRequest(e) ? intentOf(e, reference) : null;
        return intent == null ? unknown("cancel", e) : answers.givenUp(intent);
    }

    GatewayAnswer ofRefund(StripeException e) {
        if (!isRefusedRequest(e) || "charge_already_refunded".equals(e.getCode())) return unknown("refund", e);
        return refusedRequest("refund", e);
    }

    GatewayAnswer ofLookUp(StripeException e) {
        return unknown("look-up", e);
    }

    /** @param tookNothing the states that agree with a refusal */
    private GatewayAnswer cardRefused(StripeException e, Predicate<PaymentIntent> ours, Set<String> tookNothing) {
        var error = e.getStripeError();
        var intent = error.getPaymentIntent();
        if (intent == null) return answers.declined(error, null);
        if (!ours.test(intent)) return unknown("a card error about another payment", e);
        if (intent.getStatus() == null || !tookNothing.contains(intent.getStatus())) {
            return unknown("a card error for a payment that is " + intent.getStatus(), e);
        }
        return answers.declined(error, intent.getId());
    }

    private Declined refusedRequest(String what, StripeException e) {
        log.warn("Stripe refused to {}: {}", what, StripeAnswers.oneLine(String.valueOf(e.getMessage())));
        return answers.declined(e.getStripeError(), null);
    }

    private static boolean isCardError(StripeException e) {
        return status(e) == 402 && isOfType(e, "card_error");
    }

    private static boolean isRefusedRequest(StripeException e) {
        return status(e) == 400 && isOfType(e, "invalid_request_error");
    }

    private static boolean isOfType(StripeException e, String type) {
        return e.getStripeError() != null && type.equals(e.getStripeError().getType());
    }

    private static @Nullable PaymentIntent intentOf(StripeException e, String reference) {
        var intent = e.getStripeError().getPaymentIntent();
        return intent != null && reference.equals(intent.getId()) ? intent : null;
    }

    private static GatewayAnswer unknown(String what, StripeException e) {
        var reason = what + ": " + (e instanceof ApiConnectionException ? "" : status(e) + " ") + e.getMessage();
        if (e instanceof AuthenticationException || e instanceof PermissionException) {
            log.error("Stripe does not accept kontor.payments.stripe.secret-key: {}", StripeAnswers.oneLine(reason));
        } else if (e instanceof IdempotencyException) {
            log.error("An operation was sent twice with different content: {}", StripeAnswers.oneLine(reason));
        } else if (status(e) == 404) {
            log.error(
                    "Stripe does not know what it once named; another account's key? {}",
                    StripeAnswers.oneLine(reason));
        } else {
            log.warn("No answer from Stripe: {}", StripeAnswers.oneLine(reason));
        }
        // A part of an answer, or one that is not in Stripe's words or sends us elsewhere: this is not Stripe speaking.
        // Nor
        // should Stripe not know what it once named itself.
        var cut = e.getCause() instanceof GatewayConnection.CutAnswer;
        return cut || (status(e) >= 200 && status(e) < 400) || status(e) == 404
                ? StripeAnswers.strange(reason)
                : StripeAnswers.noAnswer(reason);
    }

    private static int status(StripeException e) {
        return e.getStatusCode() == null ? 0 : e.getStatusCode();
    }
}
