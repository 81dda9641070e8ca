package kontor.simulator;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes steps into the book. A line, its movement of the balance and its events are taken over in one go, so that
 * whoever reads on from the last one they know misses none, and finds the same order after a restart.
 */
final class Clerk {
    private final Book book;
    private final Clock clock;
    private final Balance balance;
    private final Events events;
    private final boolean anybodyListens;

    /** @param anybodyListens whether there is a receiver for events; without one they are only kept */
    Clerk(Book book, Clock clock, Balance balance, Events events, boolean anybodyListens) {
        this.book = book;
        this.clock = clock;
        this.balance = balance;
        this.events = events;
        this.anybodyListens = anybodyListens;
    }

    Acquirer.Outcome record(Step step, Line.Draft draft, Reply reply) {
        var answer = reply;
        if (step.brokenAnswer()) {
            answer = Reply.json(500, StripeErrors.serverError());
            draft.object(Line.ANSWER, answer.body());
        }
        if (!anybodyListens) draft.untold();
        var written = draft.answered(answer.status()).write();
        synchronized (this) {
            var place = book.append(written.bytes());
            var line = written.line().movedBy(place.offset());
            if (draft.movement() != null) balance.add(draft.movement());
            events.note(line);
            return new Acquirer.Outcome(answer, line, place, null, null);
        }
    }

    /**
     * Returns when every step that has begun to be written is known everywhere. Whoever found a movement and now asks for
     * what caused it, must not come between the two.
     */
    synchronized void awaitUnderWay() {
        // Having the lock once is all: steps are written and remembered under it.
    }

    /** A server error before anything was executed; it is what the key stands for from then on. */
    Acquirer.Outcome failBefore(Step step) {
        var draft = new Line.Draft(clock.millis()).under(step.key(), step.print());
        return record(step.answeringBroken(), draft, Reply.json(500, new byte[0]));
    }

    static void tell(Line.Draft draft, String type) {
        draft.event(new Event(RandomIds.next("evt_"), type));
    }

    /** @param key of the call that this is the effect of */
    byte[] effect(String kind, Intent intent, @Nullable Refund refund, long amount, @Nullable String key) {
        return effect(kind, intent.id, refund, amount, intent.currency, key, intent.metadata);
    }

    /** Money on its way to the bank. */
    byte[] effect(String kind, long amount, String currency) {
        return effect(kind, null, null, amount, currency, null, Map.of());
    }

    private byte[] effect(
            String kind,
            @Nullable String intent,
            @Nullable Refund refund,
            long amount,
            String currency,
            @Nullable String key,
            Map<String, String> metadata) {
        return Json.object(json -> {
            json.writeStringProperty("at", Instant.ofEpochMilli(clock.millis()).toString());
            json.writeStringProperty("kind", kind);
            json.writeStringProperty("payment_intent", intent);
            json.writeStringProperty("refund", refund == null ? null : refund.id());
            json.writeNumberProperty("amount", amount);
            json.writeStringProperty("currency", currency);
            json.writeStringProperty("idempotency_key", key);
            Json.strings(json, "metadata", metadata);
        });
    }
}
