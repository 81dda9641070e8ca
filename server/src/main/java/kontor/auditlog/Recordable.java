package kontor.auditlog;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes of what was done what may be kept for ever. The value of a member that sounds like a secret, or is an address of a
 * person, and every text that looks like a card number, becomes {@link #WITHHELD}; what is too long becomes its SHA-256.
 */
@Component
final class Recordable {
    static final String WITHHELD = "withheld";
    private static final int LONGEST = 16_384;
    private static final int LONGEST_TEXT = 2_000;
    private static final int LONGEST_NAME = 100;
    private static final Pattern SECRET = Pattern.compile(
            ".*(password|passphrase|secret|token|credential|private|otp|recovery|cookie|session|assertion|verifier).*"
                    + "|(.*_)?(code|codes|key|keys|hash|pin|ticket|cvc|cvv|iban|signature|authorization|email|phone)");
    // Of a request that nobody has looked at, these texts are kept, and of all others only that they were given.
    private static final Set<String> WORDS = Set.of(
            "action",
            "currency",
            "decision",
            "gateway",
            "kind",
            "location",
            "method",
            "outcome",
            "reason",
            "role",
            "sku",
            "state",
            "status");

    private static final Pattern PLAIN_VALUE = Pattern.compile("true|false|[0-9]{1,9}");

    private final JsonMapper json;

    Recordable(JsonMapper json) {
        this.json = json;
    }

    /** @param before and after: JSON as text */
    record Change(@Nullable String before, @Nullable String after) {}

    Change of(@Nullable Object before, @Nullable Object after) {
        var was = tree(before);
        var is = tree(after);
        if (was instanceof ObjectNode one && is instanceof ObjectNode other) keepDifference(one, other);
        return new Change(written(was), written(is));
    }

    private @Nullable JsonNode tree(@Nullable Object value) {
        return value == null ? null : json.valueToTree(value);
    }

    private static void keepDifference(ObjectNode one, ObjectNode other) {
        for (var name : one.propertyNames().stream().toList())
            if (one.get(name).equals(other.get(name))) {
                one.remove(name);
                other.remove(name);
            }
    }

    private @Nullable String written(@Nullable JsonNode tree) {
        return tree == null ? null : bounded(json.writeValueAsString(cleaned("", tree, true)));
    }

    /** What was asked for in a request whose form is not known here: numbers, and texts where they are words of ours. */
    JsonNode asked(Object body) {
        return cleaned("", json.valueToTree(body), false);
    }

    /** The same of a parameter, which is always a text. */
    String asked(String name, String value) {
        return cleaned(name, json.valueToTree(value), PLAIN_VALUE.matcher(value).matches())
                .asString();
    }

    /** As {@link #asked} has cleaned it. */
    String written(ObjectNode cleaned) {
        return bounded(json.writeValueAsString(cleaned));
    }

    ObjectNode object() {
        return json.createObjectNode();
    }

    private JsonNode cleaned(String name, JsonNode value, boolean texts) {
        if (isSecret(name) && !value.isNull()) return json.valueToTree(WITHHELD);
        if (value.isObject()) {
            var object = json.createObjectNode();
            for (var member : value.properties())
                object.set(
                        plain(member.getKey(), LONGEST_NAME),
                        cleaned(snake(member.getKey()), member.getValue(), texts));
            return object;
        }
        if (value.isArray()) {
            var array = json.createArrayNode();
            value.forEach(item -> array.add(cleaned(name, item, texts)));
            return array;
        }
        if (value.isString())
            return json.valueToTree(texts || WORDS.contains(name) ? text(value.asString(), LONGEST_TEXT) : WITHHELD);
        if (value.isNumber() && PlainText.Check.holdsCardNumber(value.asString())) return json.valueToTree(WITHHELD);
        return value;
    }

    private static boolean isSecret(String name) {
        return SECRET.matcher(name).matches();
    }

    private static String snake(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private String bounded(String written) {
        var bytes = written.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= LONGEST) return written;
        return json.createObjectNode()
                .put("sha256", sha256(bytes))
                .put("bytes", bytes.length)
                .toString();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Text from outside, cut to a length, without control characters and halves of characters; null for none. */
    static @Nullable String text(@Nullable String given, int longest) {
        if (given == null || given.isEmpty()) return null;
        if (PlainText.Check.holdsCardNumber(given)) return WITHHELD;
        return plain(given, longest);
    }

    /** The same for what may look like a card number, as bar codes do. */
    static String plain(String given, int longest) {
        var plain = new StringBuilder(Math.min(given.length(), longest));
        given.codePoints()
                .limit(longest)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }
}
