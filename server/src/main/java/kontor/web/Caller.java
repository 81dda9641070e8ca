package kontor.web;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param userId 0 for a guest
 * @param permissions {@code *} stands for all
 * @param login null for a guest, and for what the server does by itself
 */
public record Caller(
        long userId, Set<String> permissions, @Nullable Login login) {
    public static final Caller GUEST = new Caller(0, Set.of());

    public Caller(long userId, Set<String> permissions) {
        this(userId, permissions, null);
    }

    /** Whether they have to enrol a second factor before they may do anything else. */
    public boolean hasToEnrol() {
        return login != null && login.secondFactor() == Login.SecondFactor.TO_ENROL;
    }

    public boolean isGuest() {
        return userId == 0;
    }

    public boolean may(String permission) {
        return permissions.contains(permission) || permissions.contains("*");
    }

    /** Whose idempotency keys these are, and who is named in histories: {@code user:17}. */
    public String principal() {
        return isGuest() ? "guest" : "user:" + userId;
    }

    /** Whose idempotency keys these are where guests may call: they have no name but the e-mail address that they give. */
    public String principal(@Nullable String email) {
        return isGuest() && email != null ? "guest:" + email.toLowerCase(Locale.ROOT) : principal();
    }
}
