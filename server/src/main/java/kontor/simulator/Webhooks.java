package kontor.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kontor.simulator.SimulatorOptions.WebhookTarget;
import org.jspecify.annotations.Nullable;

/**
 * Tells of events, signed as Stripe signs, in no promised order, until each was answered with 2xx: again after 1, 2, 4 …
 * seconds up to an hour, for three days. What is to be told stands in the book, so a restart goes on where it was; a
 * message may then come twice.
 */
final class Webhooks implements AutoCloseable {
    private static final int MOST_UNDER_WAY = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GIVE_UP = Duration.ofDays(3);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final String NOBODYS_SECRET = "whsec_of_somebody_else";

    private final @Nullable WebhookTarget target;
    private final Book book;
    private final Faults faults;
    private final Clock clock;
    private final DelayQueue<Message> queue = new DelayQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final WebhookClient client = new WebhookClient(MOST_UNDER_WAY, PATIENCE);
    private final Semaphore places = new Semaphore(MOST_UNDER_WAY);
    /** Found in the book while it is read, and not yet seen as delivered. */
    private final Map<String, Message> found = new HashMap<>();

    private volatile boolean closed;

    Webhooks(@Nullable WebhookTarget target, Book book, Faults faults, Clock clock) {
        this.target = target;
        this.book = book;
        this.faults = faults;
        this.clock = clock;
    }

    /** @param counts whether it has to arrive; duplicates and forgeries need not */
    private record Message(Events.Happened happened, int attempt, boolean forged, boolean counts, long dueNanos)
            implements Delayed {
        static Message of(Event event, Line line, long delayMillis) {
            return new Message(Events.Happened.of(event, line), 0, false, true, due(delayMillis));
        }

        Message again(long delayMillis) {
            return new Message(happened, attempt + 1, forged, counts, due(delayMillis));
        }

        Message duplicate() {
            return new Message(happened, attempt, forged, false, dueNanos);
        }

        Message forgery() {
            return new Message(happened, attempt, true, false, dueNanos);
        }

        String eventId() {
            return happened.event().id();
        }

        private static long due(long delayMillis) {
            return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.signum(dueNanos - ((Message) other).dueNanos);
        }
    }

    /** Takes over what a line of the book says. */
    void recall(Line line) {
        if (line.delivered() != null) found.remove(line.delivered());
        if (!line.told()) return;
        for (var event : line.events()) found.put(event.id(), Message.of(event, line, 0));
    }

    void start() {
        if (target != null) found.values().forEach(this::enqueue);
        found.clear();
        if (target == null) return;
        Thread.ofVirtual().name("webhooks").start(() -> sendAll(target));
    }

    /** Tells of what a step caused. The step is on disk already: nobody hears of what may be lost. */
    void tell(Line line) {
        if (!line.told()) return;
        for (var event : line.events()) {
            var fault = faults.forEvent(event.type());
            var message = Message.of(event, line, fault == null ? 0 : delayOf(fault));
            if (fault != null && fault.kind() == Fault.Kind.WEBHOOK_FORGED) enqueue(message.forgery());
            if (fault != null && fault.kind() == Fault.Kind.WEBHOOK_DUPLICATE) enqueue(message.duplicate());
            enqueue(message);
        }
    }

    private static long delayOf(Fault fault) {
        return switch (fault.kind()) {
            case WEBHOOK_LATE, WEBHOOK_SHUFFLED -> fault.millis();
            default -> 0;
        };
    }

    private void enqueue(Message message) {
        waiting.incrementAndGet();
        queue.add(message);
    }

    /** How many messages have yet to arrive. */
    int waiting() {
        return waiting.get();
    }

    private void sendAll(WebhookTarget target) {
        while (!closed) {
            try {
                var message = queue.poll(100, TimeUnit.MILLISECONDS);
                if (message == null) continue;
                places.acquire();
                Thread.ofVirtual().name("webhook").start(() -> {
                    try {
                        send(target, message);
                    } finally {
                        places.release();
                    }
                });
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void send(WebhookTarget target, Message message) {
        if (arrives(target, message)) {
            if (message.counts())
                book.mention(Line.Draft.delivered(message.eventId(), clock.millis())
                        .write()
                        .bytes());
        } else if (message.counts() && clock.millis() - message.happened().at() < GIVE_UP.toMillis()) {
            var pause = Math.min(LONGEST_PAUSE.toMillis(), 1000L << Math.min(message.attempt(), 20));
            queue.add(message.again(pause));
            return;
        }
        waiting.decrementAndGet();
    }

    private boolean arrives(WebhookTarget target, Message message) {
        var body = body(message);
        var time = clock.millis() / 1000;
        var secret = message.forged() ? NOBODYS_SECRET : target.secret();
        return client.post(target.url(), body, "t=" + time + ",v1=" + signature(secret, time, body));
    }

    private byte[] body(Message message) {
        var object = new String(book.read(message.happened().object()), StandardCharsets.UTF_8);
        if (!message.forged()) return Events.json(message.happened(), message.eventId(), object);
        var changed = object.replaceFirst("\"amount\":[0-9]+", "\"amount\":1");
        return Events.json(message.happened(), message.eventId() + "x", changed);
    }

    private static String signature(String secret, long time, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** Lets the messages under way end; the others stand in the book. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        // Not by interrupting: a thread interrupted while it reads the book would close it for everybody.
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
