package kontor.accounts.roles;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;

/**
 * What a caller may do as they change roles. Their own are read anew, under the lock that keeps them as they are: what a
 * server remembers of a caller may be seconds old.
 *
 * @param caller who may be narrowed to less than their roles allow
 * @param held what their roles allow now
 */
record Rights(Caller caller, Set<String> held) {
    boolean may(String permission) {
        return caller.may(permission) && (held.contains(permission) || held.contains(Permissions.EVERYTHING));
    }

    boolean mayAll(Collection<String> permissions) {
        return permissions.stream().allMatch(this::may);
    }

    /** @throws Refusal 403 {@code forbidden} when this permission was taken away meanwhile */
    void require(String permission) {
        if (!may(permission))
            throw new Refusal(HttpStatus.FORBIDDEN, "forbidden", "This needs the permission " + permission + ".");
    }

    /**
     * Nobody hands out what they do not have, nor takes it from others.
     *
     * @throws Refusal 403 {@code beyond_own_rights}
     */
    void requireAll(Collection<String> permissions) {
        var missing = permissions.stream()
                .filter(permission -> !may(permission))
                .sorted()
                .toList();
        if (!missing.isEmpty())
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "beyond_own_rights",
                    "You can neither give nor take what you do not have yourself: " + String.join(", ", missing) + ".",
                    Map.of("permissions", missing),
                    List.of());
    }
}
