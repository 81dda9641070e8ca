package kontor.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The money that moved, as the book has it: all of it on request, the latest at hand. */
final class Effects {
    private static final int AT_HAND = 50;

    private final Book book;
    private final ArrayDeque<Span> latest = new ArrayDeque<>();
    private long count;

    Effects(Book book) {
        this.book = book;
    }

    synchronized void note(Line line) {
        for (var effect : line.effects()) {
            count++;
            latest.addFirst(effect);
            if (latest.size() > AT_HAND) latest.removeLast();
        }
    }

    synchronized long count() {
        return count;
    }

    /** Newest first. */
    List<byte[]> latest() {
        List<Span> spans;
        synchronized (this) {
            spans = List.copyOf(latest);
        }
        return spans.stream().map(book::read).toList();
    }

    /**
     * {@code {"effects": [{"at", "kind", "payment_intent", "refund", "amount", "currency", "idempotency_key",
     * "metadata"}], "count"}} in the order in which they happened; kinds are {@code authorized}, {@code captured},
     * {@code voided}, {@code refunded}, {@code disputed}, {@code reinstated} and {@code paid_out}.
     *
     * @param after leaves out that many from the start
     * @param limit {@code null} for all
     */
    byte[] json(long after, @Nullable Long limit) throws IOException {
        var effects = new ArrayList<byte[]>();
        var passed = new long[1];
        book.forEach(found -> {
            for (var effect : found.line().effects()) {
                if (passed[0]++ < after || (limit != null && effects.size() >= limit)) continue;
                var from = (int) (effect.offset() - found.start());
                effects.add(Arrays.copyOfRange(found.bytes(), from, from + effect.length()));
            }
        });
        return Json.object(json -> {
            json.writeArrayPropertyStart("effects");
            effects.forEach(effect -> json.writeRawValue(new String(effect, StandardCharsets.UTF_8)));
            json.writeEndArray();
            json.writeNumberProperty("count", passed[0]);
        });
    }
}
