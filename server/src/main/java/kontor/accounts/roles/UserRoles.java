package kontor.accounts.roles;

import java.util.List;

/**
 * Which roles a user has, and what they allow together; both in alphabetical order.
 *
 * @param permissions {@code *} stands for all
 */
public record UserRoles(long userId, List<String> roles, List<String> permissions) {
    /** Strong, so that it can stand in If-Match: whoever has the same roles again has not changed. */
    String etag() {
        return '"' + String.join("+", roles) + '"';
    }
}
