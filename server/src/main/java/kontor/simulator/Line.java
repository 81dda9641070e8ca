package kontor.simulator;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A line of the book: one step that was executed, whole. What it did, the answer that its caller got and is to get again
 * under the same key, and the events it causes stand or fall together.
 *
 * @param at milliseconds
 * @param key the caller's idempotency key
 * @param print of the request, to tell a repetition from another request under the same key
 * @param status of the answer; 0 when nobody waited for one
 * @param confirmedUnder see {@link Intent#confirmedUnder}
 * @param delivered an event that has reached its receiver; such a line says nothing else
 * @param told whether there was a receiver for its events; otherwise they are only kept
 * @param effects money that moved
 * @param objects as they are after the step, and the answer where it is not one of them
 */
record Line(
        long at,
        @Nullable String key,
        @Nullable String print,
        int status,
        @Nullable String confirmedUnder,
        @Nullable String delivered,
        boolean told,
        List<Event> events,
        List<Span> effects,
        Map<String, Span> objects) {
    static final String INTENT = "intent";
    static final String REFUND = "refund";
    static final String CHARGE = "charge";
    static final String DISPUTE = "dispute";
    static final String PAYOUT = "payout";
    /** The payout before it arrived. */
    static final String PAYOUT_ON_ITS_WAY = "payout_on_its_way";
    /** The movement of the balance; a line has at most one. */
    static final String TRANSACTION = "transaction";

    static final String ANSWER = "answer";

    private static final JsonFactory FACTORY = new JsonFactory();

    /** What was answered: the error when it was one, else what the step made. */
    @Nullable
    Span answer() {
        var answer = objects.get(ANSWER);
        if (answer != null) return answer;
        var refund = objects.get(REFUND);
        return refund == null ? objects.get(INTENT) : refund;
    }

    Line movedBy(long distance) {
        var moved = new LinkedHashMap<String, Span>();
        objects.forEach((name, span) -> moved.put(name, span.movedBy(distance)));
        return new Line(
                at,
                key,
                print,
                status,
                confirmedUnder,
                delivered,
                told,
                events,
                effects.stream().map(span -> span.movedBy(distance)).toList(),
                moved);
    }

    /** A line that is being written. */
    static final class Draft {
        private final long at;
        private @Nullable String key;
        private @Nullable String print;
        private int status;
        private @Nullable String confirmedUnder;
        private @Nullable String delivered;
        private boolean told = true;
        private @Nullable BalanceTransaction movement;
        private final List<Event> events = new ArrayList<>();
        private final List<byte[]> effects = new ArrayList<>();
        private final Map<String, byte[]> objects = new LinkedHashMap<>();

        Draft(long at) {
            this.at = at;
        }

        static Draft delivered(String event, long at) {
            var draft = new Draft(at);
            draft.delivered = event;
            return draft;
        }

        Draft under(@Nullable String key, @Nullable String print) {
            this.key = key;
            this.print = print;
            return this;
        }

        Draft confirmedUnder(@Nullable String key) {
            confirmedUnder = key;
            return this;
        }

        Draft event(Event event) {
            events.add(event);
            return this;
        }

        Draft effect(byte[] effect) {
            effects.add(effect);
            return this;
        }

        /** Nobody is told of its events. */
        Draft untold() {
            told = false;
            return this;
        }

        Draft moves(BalanceTransaction movement) {
            this.movement = movement;
            return object(TRANSACTION, movement.bookJson());
        }

        @Nullable
        BalanceTransaction movement() {
            return movement;
        }

        Draft object(String name, byte[] json) {
            objects.put(name, json);
            return this;
        }

        Draft answered(int status) {
            this.status = status;
            return this;
        }

        /** The line with the places of its parts counted from its first byte, and its bytes without the line end. */
        Written write() {
            var head = Json.object(json -> {
                json.writeNumberProperty("at", at);
                if (key != null) json.writeStringProperty("key", key);
                if (print != null) json.writeStringProperty("print", print);
                if (status != 0) json.writeNumberProperty("status", status);
                if (confirmedUnder != null) json.writeStringProperty("confirmed_under", confirmedUnder);
                if (delivered != null) json.writeStringProperty("delivered", delivered);
                if (events.isEmpty()) return;
                if (!told) json.writeBooleanProperty("told", false);
                json.writeArrayPropertyStart("events");
                for (var event : events) {
                    json.writeStartObject();
                    json.writeStringProperty("id", event.id());
                    json.writeStringProperty("type", event.type());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            var bytes = new ByteArrayOutputStream(4096);
            bytes.write(head, 0, head.length - 1); // without the closing brace: the objects follow as they are
            var effectSpans = new ArrayList<Span>();
            for (var effect : effects) {
                append(bytes, effectSpans.isEmpty() ? ",\"effects\":[" : ",");
                effectSpans.add(append(bytes, effect));
            }
            if (!effects.isEmpty()) append(bytes, "]");
            var objectSpans = new LinkedHashMap<String, Span>();
            objects.forEach((name, json) -> {
                append(bytes, ",\"" + name + "\":");
                objectSpans.put(name, append(bytes, json));
            });
            append(bytes, "}");
            var line = new Line(
                    at,
                    key,
                    print,
                    status,
                    confirmedUnder,
                    delivered,
                    told,
                    List.copyOf(events),
                    effectSpans,
                    objectSpans);
            return new Written(line, bytes.toByteArray());
        }

        private static Span append(ByteArrayOutputStream bytes, byte[] json) {
            var span = new Span(bytes.size(), json.length);
            bytes.writeBytes(json);
            return span;
        }

        private static void append(ByteArrayOutputStream bytes, String ascii) {
            for (var i = 0; i < ascii.length(); i++) bytes.write(ascii.charAt(i));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over and read, never compared
    record Written(Line line, byte[] bytes) {}

    /**
     * Reads a line back, its objects as places only.
     *
     * @throws JacksonException when it is no whole line
     */
    static Line read(byte[] bytes) {
        try (var json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) throw new IllegalArgumentException("not an object");
            var reading = new Reading();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                reading.member(name, json);
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IllegalArgumentException("not one object");
            }
            return reading.line();
        }
    }

    private static final class Reading {
        private long at;
        private @Nullable String key;
        private @Nullable String print;
        private int status;
        private @Nullable String confirmedUnder;
        private @Nullable String delivered;
        private boolean told = true;
        private final List<Event> events = new ArrayList<>();
        private final List<Span> effects = new ArrayList<>();
        private final Map<String, Span> objects = new LinkedHashMap<>();

        void member(String name, JsonParser json) {
            switch (name) {
                case "at" -> at = json.getLongValue();
                case "key" -> key = json.getString();
                case "print" -> print = json.getString();
                case "status" -> status = json.getIntValue();
                case "confirmed_under" -> {
                    var under = json.getString();
                    confirmedUnder = under.equals(key) ? key : under; // one string is enough of what is mostly the same
                }
                case "delivered" -> delivered = json.getString();
                case "told" -> told = json.getBooleanValue();
                case "events" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) events.add(event(json));
                }
                case "effects" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) effects.add(span(json));
                }
                default -> objects.put(name, span(json));
            }
        }

        private static Event event(JsonParser json) {
            var id = "";
            var type = "";
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                if (name.equals("id")) id = json.getString();
                else type = json.getString().intern(); // the same few in every line
            }
            return new Event(id, type);
        }

        private static Span span(JsonParser json) {
            var start = json.currentTokenLocation().getByteOffset();
            json.skipChildren();
            return new Span(start, (int) (json.currentLocation().getByteOffset() - start));
        }

        Line line() {
            return new Line(
                    at,
                    key,
                    print,
                    status,
                    confirmedUnder,
                    delivered,
                    told,
                    List.copyOf(events),
                    List.copyOf(effects),
                    Map.copyOf(objects));
        }
    }
}
