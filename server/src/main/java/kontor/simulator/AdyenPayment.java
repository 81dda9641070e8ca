package kontor.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A payment as Adyen would have it. Whoever reads or changes it holds its monitor. */
final class AdyenPayment {
    enum Status {
        /** For the buyer, on the 3-D Secure page. */
        WAITING,
        /** For the bank. */
        PENDING,
        AUTHORISED,
        REFUSED,
        CANCELLED,
        /** What was left of the hold was let go. */
        EXPIRED
    }

    /** A dispute, by the event that brought it there. */
    enum Stage {
        NOTIFICATION_OF_CHARGEBACK,
        CHARGEBACK,
        CHARGEBACK_REVERSED,
        SECOND_CHARGEBACK,
        /** The issuing bank has accepted the defense, or has not answered in time. */
        ISSUER_RESPONSE_TIMEFRAME_EXPIRED;

        boolean takes() {
            return this == CHARGEBACK || this == SECOND_CHARGEBACK;
        }

        /** @param before of the payment's latest dispute; {@code null} when it had none */
        boolean follows(@Nullable Stage before) {
            var none = before == null || before == ISSUER_RESPONSE_TIMEFRAME_EXPIRED;
            return switch (this) {
                case NOTIFICATION_OF_CHARGEBACK -> none;
                case CHARGEBACK -> none || before == NOTIFICATION_OF_CHARGEBACK;
                case CHARGEBACK_REVERSED -> before == CHARGEBACK;
                case SECOND_CHARGEBACK, ISSUER_RESPONSE_TIMEFRAME_EXPIRED -> before == CHARGEBACK_REVERSED;
            };
        }
    }

    final String pspReference;
    final String reference;
    final String merchantAccount;
    final long value;
    final String currency;
    final boolean manualCapture;
    final String card;
    /** Opens the page of the 3-D Secure step. */
    final String secret;
    /** What the page hands to the browser when the step is done. */
    final String redirectResult;

    final @Nullable String returnUrl;
    /** Under which it was begun. */
    final @Nullable String key;

    final Map<String, String> metadata;
    Status status = Status.PENDING;
    int refusal;
    long captured;
    long refunded;
    /** The latest dispute: its name, its amount, and how far it has come. */
    @Nullable
    String dispute;

    long disputed;

    @Nullable
    Stage stage;

    AdyenPayment(
            String pspReference,
            String reference,
            String merchantAccount,
            long value,
            String currency,
            boolean manualCapture,
            String card,
            String secret,
            String redirectResult,
            @Nullable String returnUrl,
            @Nullable String key,
            Map<String, String> metadata) {
        this.pspReference = pspReference;
        this.reference = reference;
        this.merchantAccount = merchantAccount;
        this.value = value;
        this.currency = currency;
        this.manualCapture = manualCapture;
        this.card = card;
        this.secret = secret;
        this.redirectResult = redirectResult;
        this.returnUrl = returnUrl;
        this.key = key;
        this.metadata = metadata;
    }

    /** What was captured and has neither gone back to the buyer nor been taken by their bank. */
    long left() {
        return captured - refunded - (stage != null && stage.takes() ? disputed : 0);
    }

    /** As it stands in the book; Adyen never shows it. */
    byte[] json() {
        return Json.object(json -> {
            json.writeStringProperty("psp_reference", pspReference);
            json.writeStringProperty("reference", reference);
            json.writeStringProperty("merchant_account", merchantAccount);
            json.writeNumberProperty("value", value);
            json.writeStringProperty("currency", currency);
            json.writeBooleanProperty("manual_capture", manualCapture);
            json.writeStringProperty("card", card);
            json.writeStringProperty("secret", secret);
            json.writeStringProperty("redirect_result", redirectResult);
            json.writeStringProperty("return_url", returnUrl);
            json.writeStringProperty("key", key);
            Json.strings(json, "metadata", metadata);
            json.writeStringProperty("status", status.name());
            json.writeNumberProperty("refusal", refusal);
            json.writeNumberProperty("captured", captured);
            json.writeNumberProperty("refunded", refunded);
            if (stage == null) return;
            json.writeStringProperty("dispute", dispute);
            json.writeNumberProperty("disputed", disputed);
            json.writeStringProperty("stage", stage.name());
        });
    }

    static AdyenPayment read(JsonNode json) {
        var metadata = new LinkedHashMap<String, String>();
        json.get("metadata")
                .properties()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asString()));
        var payment = new AdyenPayment(
                json.get("psp_reference").asString(),
                json.get("reference").asString(),
                json.get("merchant_account").asString(),
                json.get("value").asLong(),
                json.get("currency").asString(),
                json.get("manual_capture").asBoolean(),
                json.get("card").asString(),
                json.get("secret").asString(),
                json.get("redirect_result").asString(),
                Json.text(json, "return_url"),
                Json.text(json, "key"),
                metadata);
        payment.status = Status.valueOf(json.get("status").asString());
        payment.refusal = json.get("refusal").asInt();
        payment.captured = json.get("captured").asLong();
        payment.refunded = json.get("refunded").asLong();
        var stage = Json.text(json, "stage");
        if (stage == null) return payment;
        payment.dispute = Json.text(json, "dispute");
        payment.disputed = json.get("disputed").asLong();
        payment.stage = Stage.valueOf(stage);
        return payment;
    }
}
