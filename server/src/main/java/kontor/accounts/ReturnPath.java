package kontor.accounts;

import java.util.regex.Pattern;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Where a browser goes on after a login: a path on this very host. Browsers take {@code //host} and {@code /\host} for
 * other hosts, and leave out tabs and line breaks before they look.
 */
public record ReturnPath(String path) {
    private static final Pattern PATH = Pattern.compile("/(?![/\\\\])[A-Za-z0-9/._~%!$&'()*+,;=:@?#-]*");
    private static final int LONGEST = 500;

    /**
     * @param given null for {@code /}
     * @throws Refusal 422 for what would leave this host
     */
    public static ReturnPath of(@Nullable String given) {
        if (given == null) return new ReturnPath("/");
        if (given.length() > LONGEST)
            throw Refusal.ofField("to", "too_long", "must have at most " + LONGEST + " characters");
        if (!isOne(given)) throw Refusal.ofField("to", "invalid", "must be a path on this host such as /account");
        return new ReturnPath(given);
    }

    /** Whether it is a path on this host. */
    public static boolean isOne(String given) {
        return given.length() <= LONGEST && PATH.matcher(given).matches();
    }
}
