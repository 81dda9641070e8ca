package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kontor.simulator.AdyenOptions.Target;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells of what happened, signed as Adyen signs, one item in each message. What is to be told stands in the book, so a
 * restart goes on where it was; a message may then come twice.
 */
final class AdyenWebhooks implements AutoCloseable {
    /** How long a bank takes that takes its time. */
    private static final Duration LATER = Duration.ofMillis(500);

    private static final String NOBODYS_KEY = "00".repeat(32);

    private final @Nullable Target target;
    private final Messenger messenger;
    /** Found in the book while it is read, and not yet seen as delivered. */
    private final Map<String, Item> found = new HashMap<>();

    AdyenWebhooks(@Nullable Target target, Book book, Faults faults, Clock clock) {
        this.target = target;
        messenger = new Messenger(book, faults, clock);
    }

    /** @param at when it happened, in milliseconds */
    private record Item(long at, JsonNode json) {
        String text(String name) {
            return json.path(name).asString("");
        }

        /** In the book; no two items of the simulator are about the same. */
        String id() {
            return "adyen " + text("eventCode") + " " + text("pspReference");
        }
    }

    private record Message(Target target, Item item) implements Messenger.Message {
        @Override
        public String id() {
            return item.id();
        }

        @Override
        public String type() {
            return item.text("eventCode");
        }

        @Override
        public long at() {
            return item.at();
        }

        @Override
        public boolean post(WebhookClient client, boolean forged) {
            return client.post(target.url(), body(target, item.json(), forged), headers(target));
        }
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found line) {
        if (line.line().delivered() != null) found.remove(line.line().delivered());
        var items = line.object(AdyenBank.ITEMS);
        if (items == null) return;
        for (var json : Json.read(items)) {
            var item = new Item(line.line().at(), json);
            found.put(item.id(), item);
        }
    }

    void start() {
        if (target != null) for (var item : found.values()) messenger.send(new Message(target, item), 0);
        found.clear();
        messenger.start();
    }

    /** Tells of what a step caused. The step is on disk already: nobody hears of what may be lost. */
    void tell(long at, List<byte[]> items) {
        if (target == null) return;
        for (var item : items) messenger.tell(new Message(target, new Item(at, Json.read(item))));
    }

    /** Does something after a while, unless the simulator has ended by then. */
    void later(Runnable task) {
        messenger.later(task, LATER.toMillis());
    }

    private static Map<String, String> headers(Target target) {
        if (target.login() == null) return Map.of();
        var login = target.login().getBytes(StandardCharsets.UTF_8);
        return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
    }

    private static byte[] body(Target target, JsonNode item, boolean forged) {
        var value = item.at("/amount/value").asLong() + (forged ? 1 : 0);
        var signature = signature(forged ? NOBODYS_KEY : target.hmacKey(), signedFields(item, value));
        return Json.object(json -> {
            json.writeStringProperty("live", "false");
            json.writeArrayPropertyStart("notificationItems");
            json.writeStartObject();
            json.writeObjectPropertyStart("NotificationRequestItem");
            json.writeObjectPropertyStart("additionalData");
            json.writeStringProperty("hmacSignature", signature);
            json.writeEndObject();
            json.writeObjectPropertyStart("amount");
            json.writeStringProperty("currency", item.at("/amount/currency").asString(""));
            json.writeNumberProperty("value", value);
            json.writeEndObject();
            for (var member : new ArrayList<>(item.properties()))
                if (!member.getKey().equals("amount"))
                    json.writeStringProperty(member.getKey(), member.getValue().asString(""));
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndArray();
        });
    }

    private static String signedFields(JsonNode item, long value) {
        return String.join(
                        ":",
                        Stream.of("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
                                .map(name -> item.path(name).asString(""))
                                .toList())
                + ":" + value + ":" + item.at("/amount/currency").asString("") + ":"
                + item.path("eventCode").asString("") + ":"
                + item.path("success").asString("");
    }

    private static String signature(String key, String fields) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HexFormat.of().parseHex(key), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(fields.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        messenger.close();
    }
}
