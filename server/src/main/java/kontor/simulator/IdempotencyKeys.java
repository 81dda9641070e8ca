package kontor.simulator;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's rules for repeated requests (https://docs.stripe.com/api/idempotent_requests): the first request under a key
 * that begins to execute decides; the same request gets its answer again, errors of 402 and 500 included; another one is
 * refused, as is one that comes while the first is still under way. What is refused before it executes is not kept.
 *
 * <p>Stripe may forget keys after 24 hours. Here they live as long as the book.
 */
final class IdempotencyKeys {
    sealed interface Claim {
        /** First of its key: settle it, or give it back. */
        record First() implements Claim {}

        record Repeated(int status, Span answer) implements Claim {}

        record OtherRequest() implements Claim {}

        record UnderWay() implements Claim {}
    }

    /** @param answer {@code null} while the first request is under way */
    private record Use(String print, int status, @Nullable Span answer) {}

    private static final Claim FIRST = new Claim.First();

    private final ConcurrentMap<String, Use> uses = new ConcurrentHashMap<>();

    Claim claim(String key, String print) {
        var use = uses.putIfAbsent(key, new Use(print, 0, null));
        if (use == null) return FIRST;
        if (!use.print().equals(print)) return new Claim.OtherRequest();
        return use.answer() == null ? new Claim.UnderWay() : new Claim.Repeated(use.status(), use.answer());
    }

    void settle(String key, String print, int status, Span answer) {
        uses.put(key, new Use(print, status, answer));
    }

    /** Takes over what a line of the book says. */
    void recall(Line line) {
        var answer = line.answer();
        if (line.key() != null && line.print() != null && answer != null) {
            settle(line.key(), line.print(), line.status(), answer);
        }
    }

    void giveBack(String key) {
        uses.remove(key);
    }
}
