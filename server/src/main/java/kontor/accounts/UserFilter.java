package kontor.accounts;

import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Which users a list shows.
 *
 * @param query part of the name or the e-mail address, in any case; null for all
 * @param role a role they have; null for all
 * @param state whether they can log in; null for everybody who was not erased
 */
public record UserFilter(
        @Nullable String query,
        @Nullable String role,
        @Nullable UserState state) {
    private static final int LONGEST = 254;

    public UserFilter {
        check("query", query);
        check("role", role);
    }

    private static void check(String field, @Nullable String value) {
        if (value == null) return;
        if (value.length() > LONGEST)
            throw Refusal.ofField(field, "too_long", "must have at most " + LONGEST + " characters");
        if (!PlainText.Check.isPlain(value, false))
            throw Refusal.ofField(field, "invalid", "must not contain control characters");
    }
}
