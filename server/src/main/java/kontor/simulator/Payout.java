package kontor.simulator;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Money sent to the shop's bank. It arrives at once and stays.
 *
 * @param amount in minor units
 * @param transaction the movement of the balance
 * @param createdAt milliseconds
 */
record Payout(String id, long amount, String currency, String transaction, long createdAt) {
    /** @param status {@code in_transit} or {@code paid} */
    byte[] json(String status) {
        return Json.object(json -> {
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "payout");
            json.writeNumberProperty("amount", amount);
            json.writeNumberProperty("arrival_date", createdAt / 1000);
            json.writeBooleanProperty("automatic", true);
            json.writeStringProperty("balance_transaction", transaction);
            json.writeNumberProperty("created", createdAt / 1000);
            json.writeStringProperty("currency", currency);
            json.writeBooleanProperty("livemode", false);
            Json.strings(json, "metadata", Map.of());
            json.writeStringProperty("method", "standard");
            json.writeStringProperty("reconciliation_status", "completed");
            json.writeStringProperty("status", status);
            json.writeStringProperty("type", "bank_account");
        });
    }

    byte[] json() {
        return json("paid");
    }

    static Payout read(JsonNode json, long createdAt) {
        return new Payout(
                json.get("id").asString(),
                json.get("amount").asLong(),
                json.get("currency").asString().intern(),
                json.get("balance_transaction").asString(),
                createdAt);
    }
}
