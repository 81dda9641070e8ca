package kontor.simulator;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A movement of the balance that is kept for the shop.
 *
 * @param amount in minor units, below zero for what went out
 * @param fee kept by the acquirer: the balance moved by amount minus fee
 * @param source what caused it: a charge, refund, dispute or payout
 * @param intent the payment it is about; {@code null} for payouts
 * @param createdAt milliseconds
 */
record BalanceTransaction(
        String id,
        Kind kind,
        long amount,
        long fee,
        String currency,
        String source,
        @Nullable String intent,
        long createdAt) {
    enum Kind {
        CHARGE("charge", "charge"),
        REFUND("refund", "refund"),
        REFUND_FAILURE("refund_failure", "refund_failure"),
        DISPUTE("adjustment", "dispute"),
        DISPUTE_REVERSAL("adjustment", "dispute_reversal"),
        PAYOUT("payout", "payout");

        final String type;
        final String category;

        Kind(String type, String category) {
            this.type = type;
            this.category = category;
        }
    }

    static BalanceTransaction of(Kind kind, long amount, long fee, Intent intent, String source, long at) {
        return new BalanceTransaction(
                RandomIds.next("txn_"), kind, amount, fee, intent.currency, source, intent.id, at);
    }

    long net() {
        return amount - fee;
    }

    /** As Stripe shows it. */
    byte[] json() {
        return json(null, false);
    }

    /** @param source as JSON, in the place of its id */
    byte[] expanded(byte[] source) {
        return json(source, false);
    }

    /** With the payment, which Stripe leaves to the source. */
    byte[] bookJson() {
        return json(null, true);
    }

    private byte[] json(byte @Nullable [] expanded, boolean withIntent) {
        return Json.object(json -> {
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "balance_transaction");
            json.writeNumberProperty("amount", amount);
            json.writeNumberProperty("available_on", createdAt / 1000);
            json.writeNumberProperty("created", createdAt / 1000);
            json.writeStringProperty("currency", currency);
            json.writeNumberProperty("fee", fee);
            json.writeArrayPropertyStart("fee_details");
            if (fee != 0) {
                json.writeStartObject();
                json.writeNumberProperty("amount", fee);
                json.writeStringProperty("currency", currency);
                json.writeStringProperty("description", "Processing fees");
                json.writeStringProperty("type", "stripe_fee");
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberProperty("net", net());
            if (withIntent && intent != null) json.writeStringProperty("payment_intent", intent);
            json.writeStringProperty("reporting_category", kind.category);
            json.writeName("source");
            if (expanded == null) json.writeString(source);
            else json.writeRawValue(new String(expanded, StandardCharsets.UTF_8));
            json.writeStringProperty("status", "available");
            json.writeStringProperty("type", kind.type);
        });
    }

    /** Takes over what {@link #bookJson} wrote. */
    static BalanceTransaction read(JsonNode json, long createdAt) {
        var category = json.get("reporting_category").asString();
        for (var kind : Kind.values()) {
            if (!kind.category.equals(category)) continue;
            return new BalanceTransaction(
                    json.get("id").asString(),
                    kind,
                    json.get("amount").asLong(),
                    json.get("fee").asLong(),
                    json.get("currency").asString().intern(),
                    json.get("source").asString(),
                    Json.text(json, "payment_intent"),
                    createdAt);
        }
        throw new IllegalArgumentException("no movement of the balance: " + category);
    }
}
