package kontor.auditlog;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something that staff did, or that has to do with security. Acts outlive the people that they are about: name them as
 * {@code user:18} and never by name or address.
 *
 * @param action a word that stays, {@code users.disable}: the thing and what was done to it
 * @param subject what it was done to, {@code user:18}, {@code order:5}; null for what has no name
 * @param before what was changed as it was, in whatever form Jackson writes; null for what was not there. Of two objects
 *     only the members that differ are kept, secrets and card numbers never
 * @param after the same as it is now
 * @param actor {@code user:17}; null for the caller of the request that runs on this thread, or without one the server
 */
public record Act(
        String action,
        @Nullable String subject,
        @Nullable Object before,
        @Nullable Object after,
        @Nullable String actor) {
    private static final Pattern ACTION = Pattern.compile("[a-z][a-z_]{0,59}(\\.[a-z][a-z_]{0,59}){1,2}");

    public Act {
        if (!ACTION.matcher(action).matches())
            throw new IllegalArgumentException(action + " is not like users.disable");
    }

    public static Act of(String action, @Nullable String subject) {
        return new Act(action, subject, null, null, null);
    }

    public Act changed(@Nullable Object was, @Nullable Object is) {
        return new Act(action, subject, was, is, actor);
    }

    /** Adds what is worth knowing of an act that changes nothing that was there. */
    public Act with(Object facts) {
        return changed(null, facts);
    }

    /** Who did it, where that is not the caller: a login that has just succeeded is the user's, though a guest asked. */
    public Act by(String who) {
        return new Act(action, subject, before, after, who);
    }
}
