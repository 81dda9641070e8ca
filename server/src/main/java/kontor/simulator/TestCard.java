package kontor.simulator;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a test card does, after https://docs.stripe.com/testing.
 *
 * @param authenticates asks the buyer for 3-D Secure first
 * @param refusal how the bank declines it then; {@code null} when it pays
 */
record TestCard(boolean authenticates, @Nullable Refusal refusal) {
    /**
     * @param code Stripe's error code, such as {@code card_declined}
     * @param declineCode the bank's reason; {@code null} when Stripe gives none
     */
    record Refusal(String code, @Nullable String declineCode, String message) {}

    static final Refusal GENERIC = new Refusal("card_declined", "generic_decline", "Your card was declined.");

    static final Refusal AUTHENTICATION_FAILED = new Refusal(
            "payment_intent_authentication_failure",
            null,
            "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new"
                    + " PaymentMethod to attempt to fulfill this PaymentIntent again.");

    static final Refusal AUTHENTICATION_REQUIRED = new Refusal(
            "card_declined",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.");

    private static final TestCard PAYS = new TestCard(false, null);

    /** Cards that pay without a question, by the end of their token. {@code pm_card_gb} and its like pay as well. */
    private static final Set<String> PAYING = Set.of(
            "visa",
            "visa_debit",
            "mastercard",
            "mastercard_debit",
            "mastercard_prepaid",
            "amex",
            "discover",
            "diners",
            "jcb",
            "unionpay",
            "bypassPending",
            "threeDSecureOptional",
            "amex_threeDSecureNotSupported",
            "refundFail");

    private static final Map<String, TestCard> OTHERS = Map.ofEntries(
            Map.entry("chargeDeclined", declines(GENERIC)),
            Map.entry("chargeCustomerFail", declines(GENERIC)),
            Map.entry("chargeDeclinedInsufficientFunds", declines(declined("insufficient_funds"))),
            Map.entry("chargeDeclinedLostCard", declines(declined("lost_card"))),
            Map.entry("chargeDeclinedStolenCard", declines(declined("stolen_card"))),
            Map.entry("chargeDeclinedVelocityLimitExceeded", declines(declined("card_velocity_exceeded"))),
            Map.entry("chargeDeclinedFraudulent", declines(declined("fraudulent"))),
            Map.entry("chargeDeclinedExpiredCard", declines(declined("expired_card"))),
            Map.entry("chargeDeclinedIncorrectCvc", declines(declined("incorrect_cvc"))),
            Map.entry("chargeDeclinedProcessingError", declines(declined("processing_error"))),
            Map.entry("threeDSecure2Required", new TestCard(true, null)),
            Map.entry("threeDSecureRequired", new TestCard(true, null)),
            Map.entry("authenticationRequired", new TestCard(true, null)),
            Map.entry("authenticationRequiredOnSetup", new TestCard(true, null)),
            Map.entry("threeDSecureRequiredChargeDeclined", new TestCard(true, GENERIC)),
            Map.entry(
                    "authenticationRequiredChargeDeclinedInsufficientFunds",
                    new TestCard(true, declined("insufficient_funds"))));

    /** @return {@code null} when there is no such card */
    static @Nullable TestCard of(String token) {
        if (!token.startsWith("pm_card_")) return null;
        var name = token.substring("pm_card_".length());
        if (PAYING.contains(name) || DISPUTING.containsKey(name) || name.matches("[a-z]{2}")) return PAYS;
        // Stripe writes some with the brand and some without: pm_card_visa_chargeDeclined, pm_card_chargeDeclined.
        return OTHERS.get(name.startsWith("visa_") ? name.substring("visa_".length()) : name);
    }

    /** Cards that pay, and whose bank sends back what is paid back to them. */
    static boolean refundFails(@Nullable String token) {
        return "pm_card_refundFail".equals(token);
    }

    /** Cards that pay, and whose owner disputes the payment as soon as it is captured. */
    private static final Map<String, String> DISPUTING = Map.of(
            "createDispute", "fraudulent",
            "createDisputeProductNotReceived", "product_not_received");

    /** @return {@code null} when its owner stands by what was paid */
    static @Nullable String disputeReasonOf(String token) {
        return token.startsWith("pm_card_") ? DISPUTING.get(token.substring("pm_card_".length())) : null;
    }

    private static TestCard declines(Refusal refusal) {
        return new TestCard(false, refusal);
    }

    /** The refusal for a decline code, with the words Stripe has for it. */
    static Refusal declined(String declineCode) {
        return switch (declineCode) {
            case "insufficient_funds" -> new Refusal("card_declined", declineCode, "Your card has insufficient funds.");
            case "card_velocity_exceeded" ->
                new Refusal(
                        "card_declined",
                        declineCode,
                        "Your card was declined for making repeated attempts too frequently or exceeding its amount"
                                + " limit.");
            case "expired_card" -> new Refusal(declineCode, declineCode, "Your card has expired.");
            case "incorrect_cvc" -> new Refusal(declineCode, declineCode, "Your card's security code is incorrect.");
            case "processing_error" ->
                new Refusal(
                        declineCode,
                        declineCode,
                        "An error occurred while processing your card. Try again in a little bit.");
            default -> new Refusal("card_declined", declineCode, "Your card was declined.");
        };
    }
}
