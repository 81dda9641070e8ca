package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a call asks for: a JSON object, whose members are checked when they are read. */
record AdyenRequest(JsonNode json) {
    /** @throws AdyenRefused when it is none */
    static AdyenRequest parse(String body) {
        try {
            var json = Json.read(body.getBytes(StandardCharsets.UTF_8));
            if (json.isObject()) return new AdyenRequest(json);
        } catch (JacksonException e) {
            // answered below, like everything else that is no object
        }
        throw new AdyenRefused(AdyenReplies.error(400, "702", "validation", "The request is not a JSON object."));
    }

    /** @param path names with slashes between them */
    @Nullable
    String text(String path) {
        var value = json.at("/" + path);
        return value.isString() && !value.asString().isEmpty() ? value.asString() : null;
    }

    String required(String path) {
        var text = text(path);
        if (text == null) throw missing(path);
        return text;
    }

    /** @param value in the smallest unit, as Adyen counts */
    record Amount(long value, String currency) {}

    Amount amount() {
        var value = json.at("/amount/value");
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 1)
            throw new AdyenRefused(AdyenReplies.invalid("100", "No amount specified"));
        try {
            return new Amount(
                    value.asLong(),
                    Currency.getInstance(required("amount/currency")).getCurrencyCode());
        } catch (IllegalArgumentException e) {
            throw new AdyenRefused(AdyenReplies.invalid("138", "Currency not supported"));
        }
    }

    Map<String, String> metadata() {
        var values = new LinkedHashMap<String, String>();
        json.path("metadata")
                .properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asString("")));
        return values;
    }

    static AdyenRefused missing(String path) {
        return new AdyenRefused(AdyenReplies.invalid("702", "Required field '" + path + "' is not provided."));
    }
}
