package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kontor.simulator.SimulatorOptions.WebhookTarget;
import org.jspecify.annotations.Nullable;

/**
 * Tells of events, signed as Stripe signs. What is to be told stands in the book, so a restart goes on where it was; a
 * message may then come twice.
 */
final class Webhooks implements AutoCloseable {
    private static final String NOBODYS_SECRET = "whsec_of_somebody_else";

    private final @Nullable WebhookTarget target;
    private final Book book;
    private final Clock clock;
    private final Messenger messenger;
    /** Found in the book while it is read, and not yet seen as delivered. */
    private final Map<String, Events.Happened> found = new HashMap<>();

    Webhooks(@Nullable WebhookTarget target, Book book, Faults faults, Clock clock) {
        this.target = target;
        this.book = book;
        this.clock = clock;
        messenger = new Messenger(book, faults, clock);
    }

    private record Message(Webhooks webhooks, WebhookTarget target, Events.Happened happened)
            implements Messenger.Message {
        @Override
        public String id() {
            return happened.event().id();
        }

        @Override
        public String type() {
            return happened.event().type();
        }

        @Override
        public long at() {
            return happened.at();
        }

        @Override
        public boolean post(WebhookClient client, boolean forged) {
            var body = webhooks.body(happened, forged);
            var time = webhooks.clock.millis() / 1000;
            var secret = forged ? NOBODYS_SECRET : target.secret();
            return client.post(target.url(), body, "t=" + time + ",v1=" + signature(secret, time, body));
        }
    }

    /** Takes over what a line of the book says. */
    void recall(Line line) {
        if (line.delivered() != null) found.remove(line.delivered());
        if (!line.told()) return;
        for (var event : line.events()) found.put(event.id(), Events.Happened.of(event, line));
    }

    void start() {
        if (target != null) for (var happened : found.values()) messenger.send(new Message(this, target, happened), 0);
        found.clear();
        messenger.start();
    }

    /** Tells of what a step caused. The step is on disk already: nobody hears of what may be lost. */
    void tell(Line line) {
        if (target == null || !line.told()) return;
        for (var event : line.events()) messenger.tell(new Message(this, target, Events.Happened.of(event, line)));
    }

    /** How many messages have yet to arrive. */
    int waiting() {
        return messenger.waiting();
    }

    private byte[] body(Events.Happened happened, boolean forged) {
        var object = new String(book.read(happened.object()), StandardCharsets.UTF_8);
        var id = happened.event().id();
        if (!forged) return Events.json(happened, id, object);
        return Events.json(happened, id + "x", object.replaceFirst("\"amount\":[0-9]+", "\"amount\":1"));
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

    @Override
    public void close() {
        messenger.close();
    }
}
