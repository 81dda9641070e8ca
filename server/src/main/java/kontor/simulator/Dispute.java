package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A buyer who wants their money back through the bank.
 *
 * @param amount in minor units
 * @param reason in Stripe's words, such as {@code fraudulent}
 * @param movements of the balance: the withdrawal, and what was given back when it was won
 * @param createdAt milliseconds
 */
record Dispute(
        String id,
        String intent,
        @Nullable String charge,
        long amount,
        String currency,
        String reason,
        Status status,
        List<BalanceTransaction> movements,
        long createdAt) {
    enum Status {
        NEEDS_RESPONSE,
        WON,
        LOST;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean isOpen() {
        return status == Status.NEEDS_RESPONSE;
    }

    Dispute closed(Status outcome, List<BalanceTransaction> movements) {
        return new Dispute(id, intent, charge, amount, currency, reason, outcome, movements, createdAt);
    }

    byte[] json() {
        return Json.object(json -> {
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "dispute");
            json.writeNumberProperty("amount", amount);
            json.writeArrayPropertyStart("balance_transactions");
            for (var movement : movements) {
                json.writeRawValue(new String(movement.json(), StandardCharsets.UTF_8));
            }
            json.writeEndArray();
            json.writeStringProperty("charge", charge);
            json.writeNumberProperty("created", createdAt / 1000);
            json.writeStringProperty("currency", currency);
            json.writeBooleanProperty("is_charge_refundable", false);
            json.writeBooleanProperty("livemode", false);
            json.writeObjectPropertyStart("metadata");
            json.writeEndObject();
            json.writeStringProperty("payment_intent", intent);
            json.writeStringProperty("reason", reason);
            json.writeStringProperty("status", status.wire());
        });
    }

    /** Takes over what {@link #json} wrote. The milliseconds of its times are lost, and nobody sees them. */
    static Dispute read(JsonNode json) {
        return new Dispute(
                json.get("id").asString(),
                json.get("payment_intent").asString(),
                Json.text(json, "charge"),
                json.get("amount").asLong(),
                json.get("currency").asString().intern(),
                json.get("reason").asString(),
                Status.valueOf(json.get("status").asString().toUpperCase(Locale.ROOT)),
                json.get("balance_transactions")
                        .valueStream()
                        .map(movement -> BalanceTransaction.read(
                                movement, movement.get("created").asLong() * 1000))
                        .toList(),
                json.get("created").asLong() * 1000);
    }
}
