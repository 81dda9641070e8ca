package kontor.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Money paid back. Card refunds succeed at once; some come back later.
 *
 * @param failureReason why it came back; {@code null} while it has not
 */
record Refund(
        String id,
        String intent,
        @Nullable String charge,
        long amount,
        String currency,
        Map<String, String> metadata,
        @Nullable String reason,
        @Nullable String failureReason,
        long createdAt) {
    boolean failed() {
        return failureReason != null;
    }

    Refund failing(String why) {
        return new Refund(id, intent, charge, amount, currency, metadata, reason, why, createdAt);
    }

    byte[] json() {
        return Json.object(json -> {
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "refund");
            json.writeNumberProperty("amount", amount);
            json.writeStringProperty("charge", charge);
            json.writeNumberProperty("created", createdAt / 1000);
            json.writeStringProperty("currency", currency);
            if (failed()) json.writeStringProperty("failure_reason", failureReason);
            Json.strings(json, "metadata", metadata);
            json.writeStringProperty("payment_intent", intent);
            json.writeStringProperty("reason", reason);
            json.writeStringProperty("status", failed() ? "failed" : "succeeded");
        });
    }

    static Refund read(JsonNode json, long createdAt) {
        var metadata = new LinkedHashMap<String, String>();
        json.get("metadata")
                .properties()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asString()));
        return new Refund(
                json.get("id").asString(),
                json.get("payment_intent").asString(),
                Json.text(json, "charge"),
                json.get("amount").asLong(),
                json.get("currency").asString(),
                metadata,
                Json.text(json, "reason"),
                Json.text(json, "failure_reason"),
                createdAt);
    }
}
