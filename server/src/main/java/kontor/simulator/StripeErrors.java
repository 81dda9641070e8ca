package kontor.simulator;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Stripe's error objects. */
final class StripeErrors {
    private StripeErrors() {}

    /** @param intent the payment intent the request was about, as JSON */
    static byte[] error(
            String type, @Nullable String code, String message, @Nullable String param, byte @Nullable [] intent) {
        return Json.object(json -> {
            json.writeObjectPropertyStart("error");
            if (code != null) {
                json.writeStringProperty("code", code);
                json.writeStringProperty("doc_url", "https://docs.stripe.com/error-codes/" + code.replace('_', '-'));
            }
            json.writeStringProperty("message", message);
            if (param != null) json.writeStringProperty("param", param);
            if (intent != null) {
                json.writeName("payment_intent");
                json.writeRawValue(new String(intent, StandardCharsets.UTF_8));
            }
            json.writeStringProperty("type", type);
            json.writeEndObject();
        });
    }

    /** The body of a 402: the card was refused, and the payment intent waits for another. */
    static byte[] cardError(TestCard.Refusal refusal, @Nullable String charge, byte[] intent) {
        return Json.object(json -> {
            json.writeObjectPropertyStart("error");
            if (charge != null) json.writeStringProperty("charge", charge);
            json.writeStringProperty("code", refusal.code());
            if (refusal.declineCode() != null) json.writeStringProperty("decline_code", refusal.declineCode());
            json.writeStringProperty(
                    "doc_url",
                    "https://docs.stripe.com/error-codes/" + refusal.code().replace('_', '-'));
            json.writeStringProperty("message", refusal.message());
            json.writeName("payment_intent");
            json.writeRawValue(new String(intent, StandardCharsets.UTF_8));
            json.writeStringProperty("type", "card_error");
            json.writeEndObject();
        });
    }

    static byte[] serverError() {
        return error(
                "api_error",
                null,
                "Sorry! There was an error while talking to one of our backends. Support has been notified.",
                null,
                null);
    }
}
