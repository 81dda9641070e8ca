package kontor.payments.adyen;

import com.adyen.model.checkout.Amount;
import com.adyen.model.checkout.CheckoutRedirectAction;
import com.adyen.model.checkout.PaymentDetailsResponse;
import com.adyen.model.checkout.PaymentResponse;
import java.net.URI;
import java.util.Map;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.Pending;
import kontor.payments.GatewayAnswer.RequiresAction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Adyen's result codes say, in our words. Everything in an answer is optional until it has been looked at. */
final class AdyenAnswers {
    private static final Logger log = LoggerFactory.getLogger(AdyenAnswers.class);
    private static final int LONGEST_REASON = 300;

    /**
     * Our words for the reason codes of https://docs.adyen.com/development-resources/refusal-reasons that a buyer can do
     * something about. Adyen warns against showing the others: what a fraudster learns from them helps only fraudsters.
     */
    private static final Map<String, String> CODES = Map.of(
            "6", "expired_card",
            "8", "incorrect_number",
            "9", "issuer_not_available",
            "11", "authentication_failed",
            "12", "insufficient_funds",
            "24", "incorrect_cvc",
            "28", "card_velocity_exceeded",
            "29", "card_velocity_exceeded",
            "38", "authentication_required");

    private static final Map<String, String> SENTENCES = Map.of(
            "expired_card", "The card has expired.",
            "incorrect_number", "The card's number is wrong.",
            "issuer_not_available", "The card's bank cannot be reached. Try again later.",
            "authentication_failed", "The bank could not make sure that it is you who pays.",
            "insufficient_funds", "The card has insufficient funds.",
            "incorrect_cvc", "The card's security code is wrong.",
            "card_velocity_exceeded", "The card was used too often or beyond its limit.",
            "authentication_required", "The bank asks for a confirmation that is not possible here.");

    private final boolean plainHttpAllowed;

    /** @param apiBase an address the buyer is sent to may be plain http only where the gateway itself is, the simulator */
    AdyenAnswers(URI apiBase) {
        plainHttpAllowed = "http".equals(apiBase.getScheme());
    }

    /** What was asked: an answer counts only when it is about that. */
    record Asked(String operationKey, Money amount, boolean capture) {}

    /** An answer to a payment, at once or after a 3-D Secure step, without what the SDK has two classes for. */
    private record Said(
            @Nullable String result,
            @Nullable String pspReference,
            @Nullable String merchantReference,
            @Nullable Amount amount,
            @Nullable String reasonCode,
            @Nullable String reason) {}

    GatewayAnswer of(PaymentResponse answer, Asked asked) {
        var result = answer.getResultCode();
        if (result == PaymentResponse.ResultCodeEnum.REDIRECTSHOPPER) return redirectOf(answer, asked);
        return of(
                new Said(
                        result == null ? null : result.getValue(),
                        answer.getPspReference(),
                        answer.getMerchantReference(),
                        answer.getAmount(),
                        answer.getRefusalReasonCode(),
                        answer.getRefusalReason()),
                asked);
    }

    GatewayAnswer of(PaymentDetailsResponse answer, Asked asked) {
        var result = answer.getResultCode();
        return of(
                new Said(
                        result == null ? null : result.getValue(),
                        answer.getPspReference(),
                        answer.getMerchantReference(),
                        answer.getAmount(),
                        answer.getRefusalReasonCode(),
                        answer.getRefusalReason()),
                asked);
    }

    private static GatewayAnswer of(Said said, Asked asked) {
        if (said.result() == null) return strange("an answer without a result");
        if (said.pspReference() == null) return strange(said.result() + " without a name");
        var difference = difference(said, asked);
        if (difference != null) return mismatch("a payment", difference, said.pspReference());
        return switch (said.result()) {
            case "Authorised" -> authorized(said, asked);
            case "Refused" -> declined(said.reasonCode(), said.pspReference());
            case "Cancelled" -> new Declined("cancelled", "The payment was called off.", said.pspReference());
            // Taken on: a message tells what became of it.
            case "Pending", "Received" -> new Pending(said.pspReference());
            // Error among them: something went wrong on the way, and whether before the bank or after is not said.
            default -> noAnswer(said.result() + ": " + said.reason());
        };
    }

    /** Granted, an authorization that was to take the money at once has taken it. */
    private static GatewayAnswer authorized(Said said, Asked asked) {
        var amount = moneyOf(said.amount());
        if (!amount.equals(asked.amount()))
            return mismatch("a payment", "authorized " + amount, String.valueOf(said.pspReference()));
        var reference = String.valueOf(said.pspReference());
        return asked.capture() ? new Captured(reference, amount) : new Authorized(reference, amount);
    }

    /** A refusal may come without an amount; what it says of itself has to agree all the same. */
    private static @Nullable String difference(Said said, Asked asked) {
        if (!AdyenNames.referenceOf(asked.operationKey()).equals(said.merchantReference())) return "another operation";
        if (said.amount() != null && !moneyOf(said.amount()).equals(asked.amount())) return "another amount";
        return null;
    }

    private GatewayAnswer redirectOf(PaymentResponse answer, Asked asked) {
        var reference = answer.getMerchantReference();
        if (reference != null && !reference.equals(AdyenNames.referenceOf(asked.operationKey())))
            return mismatch("a payment", "another operation", reference);
        var action = answer.getAction() == null ? null : answer.getAction().getActualInstance();
        if (!(action instanceof CheckoutRedirectAction redirect) || redirect.getUrl() == null)
            return strange("an action that is not a redirect");
        if (redirect.getMethod() != null && !"GET".equals(redirect.getMethod()))
            return strange("a redirect that is not a plain address");
        var uri = URI.create(redirect.getUrl());
        var safe = "https".equals(uri.getScheme()) || (plainHttpAllowed && "http".equals(uri.getScheme()));
        if (!safe || uri.getHost() == null) return strange("a redirect to an address we do not trust");
        return new RequiresAction(AdyenNames.byOurReference(asked.operationKey()), uri);
    }

    /** @param reasonCode a number, as text */
    static Declined declined(@Nullable String reasonCode, @Nullable String reference) {
        var code = reasonCode == null ? "declined" : CODES.getOrDefault(reasonCode, "declined");
        return new Declined(code, SENTENCES.getOrDefault(code, "The payment was declined."), reference);
    }

    static Money moneyOf(@Nullable Amount amount) {
        if (amount == null || amount.getValue() == null || amount.getCurrency() == null)
            throw new IllegalArgumentException("an amount is missing");
        return AdyenAmounts.moneyOf(amount.getValue(), amount.getCurrency());
    }

    static GatewayAnswer mismatch(String what, String difference, String reference) {
        log.error("Adyen's answer to {} is not the one asked for: {} ({})", what, oneLine(difference), reference);
        return strange(what + ": the answer is about something else: " + difference);
    }

    /** Nothing that could be the answer to what was asked. */
    static NoAnswer strange(String what) {
        return NoAnswer.strange(oneLine(what));
    }

    static NoAnswer noAnswer(String reason) {
        return new NoAnswer(oneLine(reason));
    }

    /** Foreign text, made fit for a log line and a column. */
    static String oneLine(String text) {
        var clipped = text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "…";
        return clipped.replaceAll("\\p{Cntrl}", " ");
    }
}
