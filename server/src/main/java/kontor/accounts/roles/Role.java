package kontor.accounts.roles;

import java.time.Instant;
import java.util.List;

/**
 * A set of permissions. A user may do what any of their roles allows.
 *
 * @param permissions in alphabetical order; {@code *} stands for all
 * @param builtIn it came with Kontor, and stays
 * @param version rises with every change
 */
public record Role(
        String name,
        String description,
        List<String> permissions,
        boolean builtIn,
        long version,
        Instant createdAt,
        Instant updatedAt) {
    static final String ADMIN = "admin";
    static final String CUSTOMER = "customer";

    /** Strong, so that it can stand in If-Match. */
    String etag() {
        return "\"" + version + '"';
    }

    /** These two mean what they mean to the server itself, and cannot be changed. */
    boolean isFixed() {
        return name.equals(ADMIN) || name.equals(CUSTOMER);
    }
}
