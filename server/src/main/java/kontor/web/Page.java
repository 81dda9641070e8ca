package kontor.web;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, read by keyset: the next one begins behind the last item of this one, so that rows that come or
 * go meanwhile shift nothing.
 *
 * @param nextCursor where the next page begins; null on the last one
 */
public record Page<T>(List<T> items, @Nullable String nextCursor) {
    /**
     * @param found up to limit + 1 items: the one too many only tells that there is a next page
     * @param cursorOf the cursor behind an item
     */
    public static <T> Page<T> of(List<T> found, int limit, Function<T, String> cursorOf) {
        if (found.size() <= limit) return new Page<>(List.copyOf(found), null);
        var items = List.copyOf(found.subList(0, limit));
        return new Page<>(items, cursorOf.apply(items.getLast()));
    }
}
