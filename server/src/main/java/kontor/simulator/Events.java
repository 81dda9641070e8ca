package kontor.simulator;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Every event there was, as the book has it. */
final class Events {
    private final Book book;
    private final Timeline<Happened> events =
            new Timeline<>("event", happened -> happened.event().id());

    /**
     * An event in the book.
     *
     * @param at milliseconds
     * @param key of the call that caused it
     * @param object what it shows
     */
    record Happened(Event event, long at, @Nullable String key, Span object) {
        static Happened of(Event event, Line line) {
            var object = line.objects().get(event.object());
            if (object == null) throw new IllegalStateException("an event about nothing: " + event);
            return new Happened(event, line.at(), line.key(), object);
        }
    }

    Events(Book book) {
        this.book = book;
    }

    void note(Line line) {
        for (var event : line.events()) events.put(Happened.of(event, line));
    }

    byte[] json(String id) {
        return json(events.get(id));
    }

    byte[] json(Happened happened) {
        var shown = new String(book.read(happened.object()), StandardCharsets.UTF_8);
        return json(happened, happened.event().id(), shown);
    }

    /** With the filters {@code type} and {@code created[gt]}, {@code [gte]}, {@code [lt]}, {@code [lte]}, in seconds. */
    Timeline.Page<Happened> page(Form form) {
        var type = form.text("type");
        var prefix = type != null && type.endsWith(".*") ? type.substring(0, type.length() - 1) : null;
        var created = Parameters.createdIn(form);
        return events.page(form, (_, happened) -> {
            var its = happened.event().type();
            return (type == null || its.equals(type) || (prefix != null && its.startsWith(prefix)))
                    && created.test(happened.at() / 1000);
        });
    }

    /**
     * As Stripe writes it.
     *
     * @param shown the object it shows, as JSON
     */
    static byte[] json(Happened happened, String id, String shown) {
        return Json.object(json -> {
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "event");
            json.writeStringProperty("api_version", StripeApi.VERSION);
            json.writeNumberProperty("created", happened.at() / 1000);
            json.writeObjectPropertyStart("data");
            json.writeName("object");
            json.writeRawValue(shown);
            json.writeEndObject();
            json.writeBooleanProperty("livemode", false);
            json.writeNumberProperty("pending_webhooks", 1);
            json.writeObjectPropertyStart("request");
            json.writeNullProperty("id");
            json.writeStringProperty("idempotency_key", happened.key());
            json.writeEndObject();
            json.writeStringProperty("type", happened.event().type());
        });
    }
}
