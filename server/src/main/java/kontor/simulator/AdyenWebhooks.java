package kontor.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kontor.simulator.AdyenOptions.Target;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells of what happened, signed as Adyen signs, one item in each message and in no promised order, until each was answered
 * with 2xx: again after 1, 2, 4 … seconds up to an hour, for three days. What is to be told stands in the book, so a restart
 * goes on where it was; a message may then come twice.
 */
final class AdyenWebhooks implements AutoCloseable {
    private static final int MOST_UNDER_WAY = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GIVE_UP = Duration.ofDays(3);
    private static final long LONGEST_PAUSE = Duration.ofHours(1).toMillis();
    /** How long a bank takes that takes its time. */
    private static final Duration LATER = Duration.ofMillis(500);

    private static final String NOBODYS_KEY = "00".repeat(32);

    private final @Nullable Target target;
    private final Book book;
    private final Faults faults;
    private final Clock clock;
    private final WebhookClient client = new WebhookClient(MOST_UNDER_WAY, PATIENCE);
    private final Semaphore places = new Semaphore(MOST_UNDER_WAY);
    /** Found in the book while it is read, and not yet seen as delivered. */
    private final Map<String, Message> found = new HashMap<>();

    private volatile boolean closed;

    AdyenWebhooks(@Nullable Target target, Book book, Faults faults, Clock clock) {
        this.target = target;
        this.book = book;
        this.faults = faults;
        this.clock = clock;
    }

    /**
     * @param at when it happened, in milliseconds
     * @param counts whether it has to arrive; duplicates and forgeries need not
     */
    private record Message(long at, JsonNode item, int attempt, boolean forged, boolean counts) {
        static Message of(long at, byte[] item) {
            return new Message(at, Json.read(item), 0, false, true);
        }

        String text(String name) {
            return item.path(name).asString("");
        }

        /** In the book; no two items of the simulator are about the same. */
        String id() {
            return "adyen " + text("eventCode") + " " + text("pspReference");
        }

        Message again() {
            return new Message(at, item, attempt + 1, forged, counts);
        }

        Message duplicate() {
            return new Message(at, item, attempt, forged, false);
        }

        Message forgery() {
            return new Message(at, item, attempt, true, false);
        }
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found line) {
        if (line.line().delivered() != null) found.remove(line.line().delivered());
        var items = line.object(AdyenBank.ITEMS);
        if (items == null) return;
        for (var item : Json.read(items)) {
            var message = new Message(line.line().at(), item, 0, false, true);
            found.put(message.id(), message);
        }
    }

    void start() {
        found.values().forEach(message -> send(message, 0));
        found.clear();
    }

    /** Tells of what a step caused. The step is on disk already: nobody hears of what may be lost. */
    void tell(long at, List<byte[]> items) {
        for (var item : items) {
            var message = Message.of(at, item);
            var fault = faults.forEvent(message.text("eventCode"));
            if (fault != null && fault.kind() == Fault.Kind.WEBHOOK_FORGED) send(message.forgery(), 0);
            if (fault != null && fault.kind() == Fault.Kind.WEBHOOK_DUPLICATE) send(message.duplicate(), 0);
            send(message, fault == null ? 0 : delayUnder(fault));
        }
    }

    private static long delayUnder(Fault fault) {
        return switch (fault.kind()) {
            case WEBHOOK_LATE, WEBHOOK_SHUFFLED -> fault.millis();
            default -> 0;
        };
    }

    /** Does something after a while, unless the simulator has ended by then. */
    void later(Runnable task) {
        schedule(task, LATER.toMillis());
    }

    private void send(Message message, long delayMillis) {
        if (target != null) schedule(() -> send(target, message), delayMillis);
    }

    private void schedule(Runnable task, long delayMillis) {
        Thread.ofVirtual().name("adyen-webhook").start(() -> {
            try {
                Thread.sleep(delayMillis);
                places.acquire();
            } catch (InterruptedException e) {
                return;
            }
            try {
                if (!closed) task.run();
            } finally {
                places.release();
            }
        });
    }

    private void send(Target target, Message message) {
        var headers = new LinkedHashMap<String, String>();
        if (target.login() != null)
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(target.login().getBytes(StandardCharsets.UTF_8)));
        if (client.post(target.url(), body(target, message), headers)) {
            if (message.counts())
                book.mention(Line.Draft.delivered(message.id(), clock.millis())
                        .write()
                        .bytes());
        } else if (message.counts() && clock.millis() - message.at() < GIVE_UP.toMillis()) {
            send(message.again(), Math.min(LONGEST_PAUSE, 1000L << Math.min(message.attempt(), 20)));
        }
    }

    private static byte[] body(Target target, Message message) {
        var value = message.item().at("/amount/value").asLong() + (message.forged() ? 1 : 0);
        var signature =
                signature(message.forged() ? NOBODYS_KEY : target.hmacKey(), signedFields(message.item(), value));
        return Json.object(json -> {
            json.writeStringProperty("live", "false");
            json.writeArrayPropertyStart("notificationItems");
            json.writeStartObject();
            json.writeObjectPropertyStart("NotificationRequestItem");
            json.writeObjectPropertyStart("additionalData");
            json.writeStringProperty("hmacSignature", signature);
            json.writeEndObject();
            json.writeObjectPropertyStart("amount");
            json.writeStringProperty(
                    "currency", message.item().at("/amount/currency").asString(""));
            json.writeNumberProperty("value", value);
            json.writeEndObject();
            for (var member : new ArrayList<>(message.item().properties()))
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

    /** Lets the messages under way end; the others stand in the book. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        try {
            places.tryAcquire(MOST_UNDER_WAY, 2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
