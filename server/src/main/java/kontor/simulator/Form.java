package kontor.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parameters as Stripe takes them, {@code a=1&b[c]=2&d[]=3}, in a body or a query. Names keep their brackets; the last
 * of two equal names counts.
 */
record Form(Map<String, String> values) {
    private static final int MOST_PARAMETERS = 200;

    /** @throws Refused when it cannot be decoded */
    static Form parse(String text) {
        var values = new LinkedHashMap<String, String>();
        for (var start = 0; start < text.length(); ) {
            var end = text.indexOf('&', start);
            if (end < 0) end = text.length();
            var equals = text.indexOf('=', start);
            if (equals < 0 || equals > end) equals = end;
            if (equals > start) {
                values.put(decode(text, start, equals), equals == end ? "" : decode(text, equals + 1, end));
            }
            if (values.size() > MOST_PARAMETERS) throw Refused.invalid(null, "Too many parameters.", null);
            start = end + 1;
        }
        return new Form(values);
    }

    private static String decode(String text, int start, int end) {
        var part = text.substring(start, end);
        // Most values are plain words, and decoding is on every request's path.
        if (part.indexOf('%') < 0 && part.indexOf('+') < 0) return part;
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refused.invalid(null, "A parameter is not well encoded.", null);
        }
    }

    @Nullable
    String text(String name) {
        var value = values.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    boolean isTrue(String name) {
        var value = text(name);
        if (value == null || value.equals("false")) return false;
        if (value.equals("true")) return true;
        throw Refused.invalid("parameter_invalid_boolean", "Invalid boolean: " + value, name);
    }

    /** @throws Refused when it is there and no whole number of at least 1, in 64 bits */
    @Nullable
    Long amount(String name) {
        var value = text(name);
        if (value == null) return null;
        if (!value.matches("-?[0-9]{1,18}")) {
            throw Refused.invalid("parameter_invalid_integer", "Invalid integer: " + value, name);
        }
        var amount = Long.parseLong(value);
        if (amount < 1) {
            throw Refused.invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.", name);
        }
        return amount;
    }

    /** {@code metadata[a]=1} as {@code a → 1}, within Stripe's limits: 50 keys of 40, values of 500 characters. */
    Map<String, String> metadata() {
        var metadata = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> {
            if (!name.startsWith("metadata[") || !name.endsWith("]")) return;
            var key = name.substring("metadata[".length(), name.length() - 1);
            if (key.isEmpty() || key.length() > 40 || value.length() > 500) {
                throw Refused.invalid(null, "Metadata keys have 1 to 40 characters, values up to 500.", "metadata");
            }
            if (!value.isEmpty()) metadata.put(key.intern(), value); // the same few names in every payment
        });
        if (metadata.size() > 50) throw Refused.invalid(null, "Metadata can have up to 50 keys.", "metadata");
        return Map.copyOf(metadata);
    }

    /** @throws Refused naming the first parameter whose name, without brackets, is not among {@code known} */
    void allowOnly(Set<String> known) {
        for (var name : values.keySet()) {
            var bracket = name.indexOf('[');
            var stem = bracket < 0 ? name : name.substring(0, bracket);
            if (!known.contains(stem)) {
                throw Refused.invalid("parameter_unknown", "Received unknown parameter: " + name, name);
            }
        }
    }
}
