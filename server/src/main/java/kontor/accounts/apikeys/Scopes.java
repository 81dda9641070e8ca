package kontor.accounts.apikeys;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kontor.accounts.roles.Permission;
import kontor.accounts.roles.Permissions;
import kontor.web.Caller;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;
import org.springframework.http.HttpStatus;

/** What a key can be let do. Nobody lets a key do more than they may do themselves. */
final class Scopes {
    /** No permission, for even guests may; but a key does only what it was made for. */
    private static final String PLACE_ORDERS = "orders:place";

    private static final Set<String> PERMISSIONS =
            Permissions.all().stream().map(Permission::name).collect(Collectors.toUnmodifiableSet());

    private Scopes() {}

    /**
     * Each once and in alphabetical order.
     *
     * @throws Refusal 422 naming every one that there is not, 403 {@code beyond_own_rights} for those that the caller may
     *     not give
     */
    static SortedSet<String> checked(List<String> wanted, Caller caller) {
        var errors = new ArrayList<FieldError>();
        for (var i = 0; i < wanted.size(); i++)
            if (!wanted.get(i).equals(PLACE_ORDERS) && !PERMISSIONS.contains(wanted.get(i)))
                errors.add(new FieldError("scopes[" + i + "]", "unknown", "is neither orders:place nor a permission"));
        if (!errors.isEmpty()) throw Refusal.ofFields(errors);
        var scopes = new TreeSet<>(wanted);
        var beyond = scopes.stream()
                .filter(scope -> !scope.equals(PLACE_ORDERS) && !caller.may(scope))
                .toList();
        if (!beyond.isEmpty())
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "beyond_own_rights",
                    "You cannot let a key do what you may not do yourself: " + String.join(", ", beyond) + ".",
                    Map.of("permissions", beyond),
                    List.of());
        return scopes;
    }
}
