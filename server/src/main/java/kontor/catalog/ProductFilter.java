package kontor.catalog;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Which products to list.
 *
 * @param query words that the name or description contains, each at least with its beginning; or the beginning of a SKU
 */
public record ProductFilter(@Nullable String query, ProductStatus status) {
    private static final int LONGEST = 200;
    private static final int MOST_WORDS = 12;
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

    /** @throws Refusal 422 for a query that is too long or contains control characters, and for an unknown status */
    static ProductFilter of(@Nullable String query, @Nullable String status) {
        return new ProductFilter(checked(query), status == null ? ProductStatus.ACTIVE : statusOf(status));
    }

    private static @Nullable String checked(@Nullable String query) {
        if (query == null || query.isBlank()) return null;
        if (query.length() > LONGEST)
            throw Refusal.ofField("query", "too_long", "must have at most " + LONGEST + " characters");
        if (!PlainText.Check.isPlain(query, false))
            throw Refusal.ofField("query", "plain_text", "must not contain control characters");
        return query.strip();
    }

    private static ProductStatus statusOf(String word) {
        return switch (word) {
            case "active" -> ProductStatus.ACTIVE;
            case "archived" -> ProductStatus.ARCHIVED;
            default -> throw Refusal.ofField("status", "unknown", "must be active or archived");
        };
    }

    /** The words in PostgreSQL's notation, {@code 'white':* & 'lan':*}; "" when the query has none. */
    String tsquery() {
        if (query == null) return "";
        return WORD.matcher(query)
                .results()
                .limit(MOST_WORDS)
                .map(word -> "'" + word.group() + "':*")
                .collect(Collectors.joining(" & "));
    }

    /** The query as the beginning of a SKU, for LIKE. */
    String skuPattern() {
        return query == null ? "" : query.replaceAll("[\\\\%_]", "\\\\$0") + "%";
    }
}
