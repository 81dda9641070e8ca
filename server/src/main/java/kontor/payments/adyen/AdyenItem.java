package kontor.payments.adyen;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event of a message, as far as it is signed, with its signature and time.
 *
 * @param originalReference of the payment, where {@code pspReference} names something that was done with it; else empty
 * @param merchantReference what we called it
 * @param value in the smallest unit, as Adyen counts; {@code null} when there is no amount
 * @param eventDate not signed, and worth nothing but a glance
 */
record AdyenItem(
        String pspReference,
        String originalReference,
        String merchantAccountCode,
        String merchantReference,
        @Nullable Long value,
        @Nullable String currency,
        String eventCode,
        boolean success,
        @Nullable String signature,
        @Nullable String eventDate) {
    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(20).build())
            .build());

    /**
     * @param bytes of a {@code NotificationRequestItem}
     * @throws RuntimeException when it is none
     */
    static AdyenItem read(byte[] bytes) {
        var item = JSON.readTree(bytes);
        if (!item.isObject()) throw new IllegalArgumentException("not an object");
        var amount = item.path("amount");
        return new AdyenItem(
                text(item, "pspReference"),
                text(item, "originalReference"),
                text(item, "merchantAccountCode"),
                text(item, "merchantReference"),
                amount.has("value") ? Long.valueOf(wholeIn(amount.get("value"))) : null,
                amount.has("currency") ? text(amount, "currency") : null,
                text(item, "eventCode"),
                truth(item.path("success").asString("")),
                item.path("additionalData").path("hmacSignature").asString(null),
                item.path("eventDate").asString(null));
    }

    private static String text(JsonNode object, String name) {
        var value = object.get(name);
        if (value == null || value.isNull()) return "";
        if (!value.isString()) throw new IllegalArgumentException(name + " is not text");
        return value.asString();
    }

    private static long wholeIn(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong())
            throw new IllegalArgumentException("value is not a whole number");
        return value.asLong();
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("success is neither true nor false");
        };
    }

    /** What is signed, in the order in which it is. */
    List<String> signedFields() {
        return List.of(
                pspReference,
                originalReference,
                merchantAccountCode,
                merchantReference,
                value == null ? "" : value.toString(),
                currency == null ? "" : currency,
                eventCode,
                Boolean.toString(success));
    }

    /** Adyen gives its messages no names: one that comes again is about the same, says the same, and is called the same. */
    String id() {
        return eventCode + ":" + pspReference + ":" + success;
    }

    /** The payment that it is about; {@code null} when it names none. */
    @Nullable
    String paymentReference() {
        var reference = originalReference.isEmpty() ? pspReference : originalReference;
        return reference.isEmpty() ? null : reference;
    }
}
