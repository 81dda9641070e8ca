package kontor.accounts;

import java.util.List;
import java.util.Map;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Staff change nobody who may do more than they: whoever could give an administrator another address, or send an
 * administrator away, would be one.
 */
@Component
public class OwnRights {
    private final UserChangeStore store;
    private final OneTimeTokens tokens;

    OwnRights(UserChangeStore store, OneTimeTokens tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    /** @throws Refusal 403 {@code beyond_own_rights} when this user may do something that the caller may not */
    public void requireAllOf(long userId, Caller caller) {
        var missing = store.permissionsOf(userId).stream()
                .filter(permission -> !caller.may(permission))
                .sorted()
                .toList();
        if (!missing.isEmpty())
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "beyond_own_rights",
                    "This user may do what you may not: " + String.join(", ", missing) + ".",
                    Map.of("permissions", missing),
                    List.of());
    }

    /**
     * Called when a user has been given roles, with the user's row held alone: what staff who may do less had asked for
     * before, another address, does not happen any more.
     */
    public void grown(long userId) {
        tokens.withdraw(EmailChanges.PURPOSE, userId);
    }
}
