package kontor.simulator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Answers in Adyen's form. */
final class AdyenReplies {
    private AdyenReplies() {}

    /** {@code resultCode} and what belongs to it, of a payment that needs nothing of the buyer. */
    static byte[] result(AdyenPayment payment) {
        return Json.object(json -> {
            json.writeStringProperty("pspReference", payment.pspReference);
            json.writeStringProperty("merchantReference", payment.reference);
            amount(json, payment.value, payment.currency);
            json.writeStringProperty(
                    "resultCode",
                    switch (payment.status) {
                        case AUTHORISED -> "Authorised";
                        case REFUSED -> "Refused";
                        case CANCELLED, EXPIRED -> "Cancelled";
                        case PENDING, WAITING -> "Pending";
                    });
            if (payment.status != AdyenPayment.Status.REFUSED) return;
            json.writeStringProperty("refusalReason", AdyenCard.reason(payment.refusal));
            json.writeStringProperty("refusalReasonCode", Integer.toString(payment.refusal));
        });
    }

    /** A payment that waits for its buyer has no name yet. */
    static byte[] redirect(AdyenPayment payment, String page) {
        return Json.object(json -> {
            json.writeStringProperty("resultCode", "RedirectShopper");
            json.writeStringProperty("merchantReference", payment.reference);
            json.writeObjectPropertyStart("action");
            json.writeStringProperty("type", "redirect");
            json.writeStringProperty("method", "GET");
            json.writeStringProperty("paymentMethodType", "scheme");
            json.writeStringProperty("url", page);
            json.writeEndObject();
        });
    }

    /**
     * A change that is taken on.
     *
     * @param named the member that names the payment, and how
     * @param value {@code null} for what has no amount
     */
    static byte[] received(
            AdyenPayment payment,
            String pspReference,
            String reference,
            String named,
            String name,
            @Nullable Long value) {
        return Json.object(json -> {
            json.writeStringProperty("merchantAccount", payment.merchantAccount);
            json.writeStringProperty(named, name);
            json.writeStringProperty("pspReference", pspReference);
            json.writeStringProperty("reference", reference);
            json.writeStringProperty("status", "received");
            if (value != null) amount(json, value, payment.currency);
        });
    }

    /** An item of a message, without its signature. */
    static byte[] item(
            AdyenPayment payment,
            String code,
            String pspReference,
            @Nullable String originalReference,
            String reference,
            long value,
            boolean success,
            String reason,
            String date) {
        return Json.object(json -> {
            json.writeStringProperty("eventCode", code);
            json.writeStringProperty("eventDate", date);
            json.writeStringProperty("merchantAccountCode", payment.merchantAccount);
            json.writeStringProperty("merchantReference", reference);
            if (originalReference != null) json.writeStringProperty("originalReference", originalReference);
            json.writeStringProperty("paymentMethod", "visa");
            json.writeStringProperty("pspReference", pspReference);
            json.writeStringProperty("reason", reason);
            json.writeStringProperty("success", Boolean.toString(success));
            amount(json, value, payment.currency);
        });
    }

    private static void amount(JsonGenerator json, long value, String currency) {
        json.writeObjectPropertyStart("amount");
        json.writeStringProperty("currency", currency);
        json.writeNumberProperty("value", value);
        json.writeEndObject();
    }

    static Reply error(int status, String code, String type, String message) {
        return Reply.json(status, Json.object(json -> {
            json.writeNumberProperty("status", status);
            json.writeStringProperty("errorCode", code);
            json.writeStringProperty("message", message);
            json.writeStringProperty("errorType", type);
        }));
    }

    static Reply invalid(String code, String message) {
        return error(422, code, "validation", message);
    }

    static Reply serverError() {
        return error(500, "905", "internal", "Something went wrong on the side of the simulator.");
    }
}
