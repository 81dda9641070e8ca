package kontor.web;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param userId 0 for a guest, and for a client that calls for itself
 * @param permissions {@code *} stands for all
 * @param login null for a guest, for a client that calls for itself, for an API key, and for what the server does by itself
 * @param client what calls, unless it is a program that its user has logged in with
 * @param hasToEnrol whether they have to enrol a second factor before they may do anything else
 */
public record Caller(
        long userId,
        Set<String> permissions,
        @Nullable Login login,
        @Nullable OAuthClient client,
        boolean hasToEnrol) {
    public static final Caller GUEST = new Caller(0, Set.of());

    public Caller(long userId, Set<String> permissions) {
        this(userId, permissions, null, null);
    }

    public Caller(long userId, Set<String> permissions, @Nullable Login login) {
        this(userId, permissions, login, null);
    }

    public Caller(long userId, Set<String> permissions, @Nullable Login login, @Nullable OAuthClient client) {
        this(userId, permissions, login, client, login != null && login.secondFactor() == Login.SecondFactor.TO_ENROL);
    }

    public boolean isGuest() {
        return userId == 0 && client == null;
    }

    /** Whether it is a person, or a program of theirs, and neither a guest nor a client that calls for itself. */
    public boolean isUser() {
        return userId != 0;
    }

    /** Whether the user has let the client do this; their own programs may do what they may. "" is what nobody lets a client do. */
    public boolean isWithinScope(String scope) {
        return client == null || client.scopes().contains(scope);
    }

    public boolean may(String permission) {
        return permissions.contains(permission) || permissions.contains("*");
    }

    /**
     * Whose idempotency keys these are, and who is named in histories and the audit log: {@code user:17};
     * {@code user:17 client:…} with its id for a client that calls for a user, {@code client:…} for one that calls for
     * itself, {@code key:5} for an API key. So two programs of a user do not get each other's answers, nor the user's, and
     * everybody sees which of them it was. What they make is their user's.
     */
    public String principal() {
        if (client == null) return isUser() ? user() : "guest";
        if (client.isApiKey()) return client.id();
        var name = "client:" + client.id();
        return isUser() ? user() + " " + name : name;
    }

    /** Whose rate limit a request counts for: a client that acts for a user has none beside theirs, an API key has. */
    String limitedAs() {
        return isUser() && (client == null || !client.isApiKey()) ? user() : principal();
    }

    private String user() {
        return "user:" + userId;
    }

    /** Whose idempotency keys these are where guests may call: they have no name but the e-mail address that they give. */
    public String principal(@Nullable String email) {
        return isGuest() && email != null ? "guest:" + email.toLowerCase(Locale.ROOT) : principal();
    }
}
