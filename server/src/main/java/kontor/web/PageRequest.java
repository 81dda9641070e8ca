package kontor.web;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * Which page of a list is asked for: {@code ?limit=50&cursor=…}. A controller method takes one as a parameter.
 *
 * @param limit 1 to 200
 * @param cursor the last page's {@code next_cursor}; null for the first page
 */
public record PageRequest(
        @Parameter(
                description = "How many items at most, 1 to 200",
                schema = @Schema(type = "integer", defaultValue = "50"))
        int limit,

        @Parameter(description = "next_cursor of the page before") @Nullable
        String cursor) {
    private static final int USUAL = 50;
    private static final int MOST = 200;

    static PageRequest of(NativeWebRequest request) {
        return new PageRequest(limit(single(request, "limit")), single(request, "cursor"));
    }

    /** The cursor as the id behind which the page begins; {@code start} for the first page. */
    public long after(long start) {
        if (cursor == null) return start;
        try {
            return Long.parseLong(cursor, 36);
        } catch (NumberFormatException e) {
            throw Refusal.ofField("cursor", "invalid", "is not a cursor that a list handed out");
        }
    }

    /** The cursor behind the item with this id. */
    public static String cursor(long id) {
        return Long.toString(id, 36);
    }

    private static int limit(@Nullable String given) {
        if (given == null) return USUAL;
        try {
            var limit = Integer.parseInt(given);
            if (limit >= 1 && limit <= MOST) return limit;
        } catch (NumberFormatException e) {
            // answered below, like every other wrong limit
        }
        throw Refusal.ofField("limit", "out_of_range", "must be a whole number from 1 to " + MOST);
    }

    private static @Nullable String single(NativeWebRequest request, String name) {
        var values = request.getParameterValues(name);
        if (values == null) return null;
        if (values.length > 1) throw Refusal.ofField(name, "repeated", "may be given once");
        return values[0];
    }
}
