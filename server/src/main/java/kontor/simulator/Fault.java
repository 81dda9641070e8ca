package kontor.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One way to fail, and how often. As JSON, with {@code kind} and what that kind reads:
 *
 * <table>
 * <caption>Kinds</caption>
 * <tr><td>{@code hang}</td><td>says nothing for {@code ms} (10000), {@code when} {@code before} executing or
 *     {@code after} it</td></tr>
 * <tr><td>{@code error}</td><td>answers {@code status} (500) {@code when} {@code before} executing or {@code after} it.
 *     A 500 is what the key stands for from then on, as at Stripe, unless {@code "stored": false}: then a repetition
 *     gets the true answer, as when a proxy failed</td></tr>
 * <tr><td>{@code drop}</td><td>ends the connection without a byte, {@code when} {@code before} or {@code after}</td></tr>
 * <tr><td>{@code cut}</td><td>executes, and sends half of the answer</td></tr>
 * <tr><td>{@code empty}, {@code html}, {@code redirect}</td><td>executes, and answers 200 with nothing, 200 with a page,
 *     or 302 to elsewhere</td></tr>
 * <tr><td>{@code duplicate}, {@code previous}</td><td>executes, and sends the answer twice in one body, or the answer to
 *     the call before it</td></tr>
 * <tr><td>{@code huge}</td><td>executes, and answers with {@code bytes} (50,000,000) of padding in front</td></tr>
 * <tr><td>{@code wrong_amount}, {@code wrong_currency}, {@code wrong_payment}</td><td>executes, and answers with every
 *     amount {@code by} (1) more, another currency, or another's ids and metadata</td></tr>
 * <tr><td>{@code decline}</td><td>the bank declines with {@code code} ({@code generic_decline})</td></tr>
 * <tr><td>{@code authenticate}</td><td>asks for 3-D Secure, whatever the card</td></tr>
 * <tr><td>{@code search_lag}</td><td>searches do not find what is younger than {@code ms} (60000)</td></tr>
 * <tr><td>{@code webhook_duplicate}</td><td>sends a message twice</td></tr>
 * <tr><td>{@code webhook_late}</td><td>sends it {@code ms} (10000) later</td></tr>
 * <tr><td>{@code webhook_shuffled}</td><td>sends it up to {@code ms} (3000) later, as {@code seed} draws, so that messages
 *     overtake one another</td></tr>
 * <tr><td>{@code webhook_forged}</td><td>sends another before it, with a changed amount and a signature of no worth</td></tr>
 * </table>
 *
 * <p>{@code "count": 3} lasts for the next three calls that it fits; {@code "probability": 0.1, "seed": 42} hits one in
 * ten of them, the same ones each time; without both it lasts for one call. {@code "operation"} narrows it to {@code
 * create}, {@code confirm}, {@code capture}, {@code cancel}, {@code refund}, {@code retrieve}, {@code list}, {@code
 * search} or {@code balance}, or to one type of event.
 *
 * @param operation {@code null} for all
 * @param count {@code null} for as long as it stands
 * @param probability from 0 to 1
 * @param sent the JSON it was read from
 */
record Fault(
        Kind kind,
        @Nullable String operation,
        @Nullable Integer count,
        double probability,
        long seed,
        boolean before,
        long millis,
        int status,
        boolean stored,
        String code,
        long by,
        int bytes,
        String sent) {
    enum Kind {
        HANG,
        ERROR,
        DROP,
        CUT,
        EMPTY,
        HTML,
        REDIRECT,
        DUPLICATE,
        PREVIOUS,
        HUGE,
        WRONG_AMOUNT,
        WRONG_CURRENCY,
        WRONG_PAYMENT,
        DECLINE,
        AUTHENTICATE,
        SEARCH_LAG,
        WEBHOOK_DUPLICATE,
        WEBHOOK_LATE,
        WEBHOOK_SHUFFLED,
        WEBHOOK_FORGED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isAboutWebhooks() {
            return name().startsWith("WEBHOOK_");
        }
    }

    private static final Set<String> MEMBERS = Set.of(
            "kind",
            "operation",
            "count",
            "probability",
            "seed",
            "when",
            "ms",
            "status",
            "stored",
            "code",
            "by",
            "bytes");
    static final List<String> OPERATIONS =
            List.of("create", "confirm", "capture", "cancel", "refund", "retrieve", "list", "search", "balance");
    private static final Map<Kind, Long> DEFAULT_MILLIS =
            Map.of(Kind.SEARCH_LAG, 60_000L, Kind.WEBHOOK_SHUFFLED, 3_000L);
    private static final int MOST_BYTES = 100_000_000;

    /** @throws IllegalArgumentException with a sentence for whoever sent it */
    static Fault read(JsonNode json) {
        if (!json.isObject()) throw new IllegalArgumentException("A fault is a JSON object.");
        for (var name : json.propertyNames()) {
            if (!MEMBERS.contains(name)) throw new IllegalArgumentException("A fault has no member " + name + ".");
        }
        var kind = kindIn(json);
        var chance = json.get("probability");
        if (chance != null && (!chance.isNumber() || chance.asDouble() < 0 || chance.asDouble() > 1)) {
            throw new IllegalArgumentException("probability is a number from 0 to 1.");
        }
        var count = json.has("count") ? Integer.valueOf((int) whole(json, "count", 1, 1, 1_000_000)) : null;
        var lasting = chance != null || kind == Kind.SEARCH_LAG;
        return new Fault(
                kind,
                operationIn(json),
                count == null && !lasting ? Integer.valueOf(1) : count,
                chance == null ? 1 : chance.asDouble(),
                whole(json, "seed", 0, Long.MIN_VALUE, Long.MAX_VALUE),
                beforeIn(json),
                whole(json, "ms", DEFAULT_MILLIS.getOrDefault(kind, 10_000L), 0, 3_600_000),
                (int) whole(json, "status", 500, 400, 599),
                !json.has("stored") || json.get("stored").asBoolean(true),
                json.has("code") ? json.get("code").asString("generic_decline") : "generic_decline",
                whole(json, "by", 1, -MOST_BYTES, MOST_BYTES),
                (int) whole(json, "bytes", 50_000_000, 1, MOST_BYTES),
                json.toString());
    }

    private static Kind kindIn(JsonNode json) {
        var name = Json.text(json, "kind");
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.wire().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("kind is one of "
                        + String.join(
                                ", ",
                                Arrays.stream(Kind.values()).map(Kind::wire).toList()) + "."));
    }

    private static @Nullable String operationIn(JsonNode json) {
        var operation = Json.text(json, "operation");
        if (operation == null
                || OPERATIONS.contains(operation)
                || operation.indexOf('.') > 0
                || operation.matches("[A-Z_]+")) return operation; // types of Stripe's events, and of Adyen's
        throw new IllegalArgumentException(
                "operation is a type of event or one of " + String.join(", ", OPERATIONS) + ".");
    }

    private static boolean beforeIn(JsonNode json) {
        var when = json.has("when") ? json.get("when").asString("") : "after";
        if (when.equals("before")) return true;
        if (when.equals("after")) return false;
        throw new IllegalArgumentException("when is before or after.");
    }

    private static long whole(JsonNode json, String name, long otherwise, long least, long most) {
        var value = json.get(name);
        if (value == null) return otherwise;
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(name + " is a whole number.");
        }
        if (value.asLong() < least || value.asLong() > most) {
            throw new IllegalArgumentException(name + " is from " + least + " to " + most + ".");
        }
        return value.asLong();
    }

    Fault lasting(long millis) {
        return new Fault(
                kind, operation, count, probability, seed, before, millis, status, stored, code, by, bytes, sent);
    }

    boolean fits(String name) {
        return operation == null || operation.equals(name);
    }
}
