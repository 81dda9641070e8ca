package kontor.payments.stripe;

import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.model.StripeError;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.Pending;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayAnswer.RequiresAction;
import kontor.payments.GatewayAnswer.Voided;
import org.jspecify.annotations.Nullable;

/** What Stripe's objects say, in our words. Everything in them is optional until it has been looked at. */
final class StripeAnswers {
    /** Our names in Stripe's metadata: how a payment is found again, and how an answer proves to be about it. */
    static final String ORDER = "kontor_order";

    static final String PAYMENT = "kontor_payment";
    static final String OPERATION = "kontor_operation";

    /** On payments that were only held at first: what was taken from them, other operations took. */
    static final String HELD = "kontor_held";

    private static final int LONGEST_REASON = 300;

    private final boolean plainHttpAllowed;

    /** @param apiBase an address the buyer is sent to may be plain http only where the gateway itself is, the simulator */
    StripeAnswers(URI apiBase) {
        plainHttpAllowed = "http".equals(apiBase.getScheme());
    }

    /** The state of a payment, whoever brought it there. */
    GatewayAnswer stateOf(PaymentIntent intent) {
        var id = intent.getId();
        var status = intent.getStatus();
        if (id == null || status == null) return strange("a payment intent without id or status");
        return switch (status) {
            case "requires_capture" -> {
                var received = intent.getAmountReceived();
                yield received == null || received == 0
                        ? new Authorized(id, moneyOf(intent.getAmountCapturable(), intent.getCurrency()))
                        : new Captured(id, moneyOf(received, intent.getCurrency())); // in parts, and not yet the last
            }
            case "succeeded" -> new Captured(id, moneyOf(intent.getAmountReceived(), intent.getCurrency()));
            case "canceled" -> {
                // Stripe forgets the error when another try goes well: what was held once was not refused.
                var error = intent.getLastPaymentError();
                yield error == null ? new Voided(id) : declined(error, id);
            }
            case "requires_action" -> redirectOf(intent);
            case "requires_payment_method" -> {
                var error = intent.getLastPaymentError();
                // Without an error it was never confirmed: nobody refused, and somebody still could confirm it.
                yield error == null ? noAnswer(id + " was never confirmed") : declined(error, id);
            }
            default -> noAnswer(id + " is " + status);
        };
    }

    /** The state of a payment that was to be given up, whatever had been tried with it before. */
    GatewayAnswer givenUp(PaymentIntent intent) {
        return intent.getId() != null && isCanceled(intent) ? new Voided(intent.getId()) : stateOf(intent);
    }

    static boolean isCanceled(PaymentIntent intent) {
        return "canceled".equals(intent.getStatus());
    }

    /** The state of a refund. Most succeed at once; a message says what becomes of a pending one. */
    GatewayAnswer stateOf(Refund refund) {
        var id = refund.getId();
        var status = refund.getStatus();
        if (id == null || status == null) return strange("a refund without id or status");
        return switch (status) {
            case "succeeded" -> new Refunded(id, moneyOf(refund.getAmount(), refund.getCurrency()));
            case "failed", "canceled" -> {
                var why = refund.getFailureReason();
                yield new Declined(why == null ? "refund_" + status : why, "The refund could not be paid out.", id);
            }
            case "pending", "requires_action" -> new Pending(id);
            default -> noAnswer("refund " + id + " is " + status);
        };
    }

    private GatewayAnswer redirectOf(PaymentIntent intent) {
        var action = intent.getNextAction();
        var redirect = action == null ? null : action.getRedirectToUrl();
        var url = redirect == null ? null : redirect.getUrl();
        if (url == null) return noAnswer(intent.getId() + " needs an action that is not a redirect");
        var uri = URI.create(url);
        var safe = "https".equals(uri.getScheme()) || (plainHttpAllowed && "http".equals(uri.getScheme()));
        if (!safe || uri.getHost() == null) return strange(intent.getId() + " redirects to an address we do not trust");
        return new RequiresAction(intent.getId(), uri);
    }

    /** The most telling word comes first: {@code insufficient_funds} before {@code card_declined}. */
    Declined declined(StripeError error, @Nullable String reference) {
        var code = error.getDeclineCode() != null ? error.getDeclineCode() : error.getCode();
        var message = error.getMessage();
        return new Declined(
                code == null ? "declined" : oneLine(code),
                message == null ? "The payment was declined." : oneLine(message),
                reference);
    }

    /** What differs between the payment that was asked about and the one in the answer; {@code null} when nothing does. */
    static @Nullable String difference(PaymentIntent intent, Money asked, long paymentId, String operationKey) {
        if (!paymentOf(intent.getMetadata(), paymentId)) return "another payment";
        if (!operationKey.equals(metadata(intent.getMetadata(), OPERATION))) return "another operation";
        return difference(intent, asked);
    }

    static @Nullable String difference(PaymentIntent intent, Money asked) {
        if (!StripeAmounts.currencyOf(asked).equals(lower(intent.getCurrency()))) return "another currency";
        var amount = intent.getAmount();
        return amount == null || amount != StripeAmounts.amountOf(asked) ? "another amount" : null;
    }

    static @Nullable String metadata(@Nullable Map<String, String> metadata, String name) {
        return metadata == null ? null : metadata.get(name);
    }

    private static boolean paymentOf(@Nullable Map<String, String> metadata, long paymentId) {
        return Long.toString(paymentId).equals(metadata(metadata, PAYMENT));
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    static Money moneyOf(@Nullable Long amount, @Nullable String currency) {
        if (amount == null || currency == null) throw new IllegalArgumentException("an amount is missing");
        return StripeAmounts.moneyOf(amount, currency);
    }

    /** Nothing that could be the answer to what was asked. */
    static NoAnswer strange(String what) {
        return NoAnswer.strange(oneLine(what));
    }

    static NoAnswer noAnswer(@Nullable String reason) {
        return new NoAnswer(reason == null ? "no reason given" : oneLine(reason));
    }

    /** Foreign text, made fit for a log line and a column. */
    static String oneLine(String text) {
        var clipped = text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "…";
        return clipped.replaceAll("\\p{Cntrl}", " ");
    }
}
