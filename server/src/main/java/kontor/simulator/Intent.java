package kontor.simulator;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** A payment intent. What can change in it is read and written under its own monitor. */
final class Intent {
    enum Status {
        REQUIRES_PAYMENT_METHOD,
        REQUIRES_CONFIRMATION,
        REQUIRES_ACTION,
        REQUIRES_CAPTURE,
        SUCCEEDED,
        CANCELED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    final String id;
    final String clientSecret;
    final long amount;
    final String currency;
    final boolean manualCapture;
    final Map<String, String> metadata;
    /** Milliseconds; the API shows seconds. */
    final long createdAt;

    Status status = Status.REQUIRES_PAYMENT_METHOD;
    long capturable;
    long received;
    long refunded;

    @Nullable
    String paymentMethod;

    TestCard.@Nullable Refusal lastRefusal;
    /** Whether it can be captured in several parts. */
    boolean multicapture;
    /** The latest one. */
    @Nullable
    Dispute dispute;

    @Nullable
    String charge;

    @Nullable
    String returnUrl;
    /** The page where the buyer authenticates, while that is what is waited for. */
    @Nullable
    String actionUrl;

    @Nullable
    Long canceledAt;
    /** The key of the call that confirmed it last: what the buyer does later is that call's effect. */
    @Nullable
    String confirmedUnder;

    Intent(
            String id,
            String clientSecret,
            long amount,
            String currency,
            boolean manualCapture,
            Map<String, String> metadata,
            long createdAt) {
        this.id = id;
        this.clientSecret = clientSecret;
        this.amount = amount;
        this.currency = currency.intern();
        this.manualCapture = manualCapture;
        this.metadata = Map.copyOf(metadata); // small: there may be many of us
        this.createdAt = createdAt;
    }

    byte[] json() {
        return Json.object(this::write);
    }

    private void write(JsonGenerator json) {
        json.writeStringProperty("id", id);
        json.writeStringProperty("object", "payment_intent");
        json.writeNumberProperty("amount", amount);
        json.writeNumberProperty("amount_capturable", capturable);
        json.writeNumberProperty("amount_received", received);
        Json.number(json, "canceled_at", canceledAt);
        json.writeStringProperty("capture_method", manualCapture ? "manual" : "automatic");
        json.writeStringProperty("client_secret", clientSecret);
        json.writeStringProperty("confirmation_method", "automatic");
        json.writeNumberProperty("created", createdAt / 1000);
        json.writeStringProperty("currency", currency);
        json.writeName("last_payment_error");
        writeLastRefusal(json);
        json.writeStringProperty("latest_charge", charge);
        json.writeBooleanProperty("livemode", false);
        Json.strings(json, "metadata", metadata);
        json.writeName("next_action");
        writeNextAction(json);
        json.writeStringProperty("payment_method", paymentMethod);
        if (multicapture) {
            json.writeObjectPropertyStart("payment_method_options");
            json.writeObjectPropertyStart("card");
            json.writeStringProperty("request_multicapture", "if_available");
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeArrayPropertyStart("payment_method_types");
        json.writeString("card");
        json.writeEndArray();
        json.writeStringProperty("status", status.wire());
    }

    private void writeLastRefusal(JsonGenerator json) {
        if (lastRefusal == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        if (charge != null) json.writeStringProperty("charge", charge);
        json.writeStringProperty("code", lastRefusal.code());
        if (lastRefusal.declineCode() != null) {
            json.writeStringProperty("decline_code", lastRefusal.declineCode());
        }
        json.writeStringProperty("message", lastRefusal.message());
        json.writeStringProperty("type", "card_error");
        json.writeEndObject();
    }

    /** As Stripe: a redirect for those who gave an address to come back to, else work for its own script. */
    private void writeNextAction(JsonGenerator json) {
        if (actionUrl == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        if (returnUrl == null) {
            json.writeObjectPropertyStart("use_stripe_sdk");
            json.writeStringProperty("type", "three_d_secure_redirect");
            json.writeStringProperty("stripe_js", actionUrl);
        } else {
            json.writeObjectPropertyStart("redirect_to_url");
            json.writeStringProperty("return_url", returnUrl);
            json.writeStringProperty("url", actionUrl);
        }
        json.writeEndObject();
        json.writeStringProperty("type", returnUrl == null ? "use_stripe_sdk" : "redirect_to_url");
        json.writeEndObject();
    }

    /** The charge behind it, as events about refunds and movements of the balance show it. */
    byte[] chargeJson() {
        return Json.object(json -> {
            json.writeStringProperty("id", charge);
            json.writeStringProperty("object", "charge");
            json.writeNumberProperty("amount", amount);
            json.writeNumberProperty("amount_captured", received);
            json.writeNumberProperty("amount_refunded", refunded);
            json.writeBooleanProperty("captured", received > 0);
            json.writeNumberProperty("created", createdAt / 1000);
            json.writeStringProperty("currency", currency);
            json.writeBooleanProperty("disputed", dispute != null);
            json.writeBooleanProperty("livemode", false);
            Json.strings(json, "metadata", metadata);
            json.writeBooleanProperty("paid", true);
            json.writeStringProperty("payment_intent", id);
            json.writeBooleanProperty("refunded", status == Status.SUCCEEDED && refunded == received);
            json.writeStringProperty("status", "succeeded");
        });
    }

    /** Takes over what {@link #json} wrote. */
    static Intent read(JsonNode json, long createdAt) {
        var metadata = new LinkedHashMap<String, String>();
        json.get("metadata")
                .properties()
                .forEach(entry ->
                        metadata.put(entry.getKey().intern(), entry.getValue().asString()));
        return new Intent(
                        json.get("id").asString(),
                        json.get("client_secret").asString(),
                        json.get("amount").asLong(),
                        json.get("currency").asString(),
                        "manual".equals(Json.text(json, "capture_method")),
                        metadata,
                        createdAt)
                .becomes(json);
    }

    /** Takes over what can change. Refunds and disputes are not part of it and stay. */
    Intent becomes(JsonNode json) {
        status = Status.valueOf(json.get("status").asString().toUpperCase(Locale.ROOT));
        capturable = json.get("amount_capturable").asLong();
        received = json.get("amount_received").asLong();
        multicapture = json.has("payment_method_options");
        var method = Json.text(json, "payment_method");
        paymentMethod = method == null ? null : method.intern();
        charge = Json.text(json, "latest_charge");
        canceledAt = Json.number(json, "canceled_at");
        var error = json.get("last_payment_error");
        lastRefusal = error.isNull()
                ? null
                : new TestCard.Refusal(
                        error.get("code").asString(),
                        Json.text(error, "decline_code"),
                        error.get("message").asString());
        var action = json.get("next_action");
        returnUrl = action.isNull()
                ? null
                : action.path("redirect_to_url").path("return_url").asString(null);
        actionUrl = action.isNull()
                ? null
                : action.path("redirect_to_url")
                        .path("url")
                        .asString(
                                action.path("use_stripe_sdk").path("stripe_js").asString(null));
        return this;
    }
}
