package kontor.accounts;

import java.util.Optional;
import java.util.regex.Pattern;
import kontor.web.Refusal.FieldError;
import org.jspecify.annotations.Nullable;

/**
 * The rule for e-mail addresses: ASCII, at most 254 characters, one {@code @}; before it at most 64 characters of
 * RFC 5322's dot-atom (no quotes, no dot at either end or twice in a row), behind it a host name with a dot in it, an
 * international one in its {@code xn--} form. With ASCII alone, two addresses that look alike are alike but for case,
 * and case does not count.
 */
public final class EmailAddress {
    private static final int LONGEST = 254; // RFC 3696, erratum 1690
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern ADDRESS = Pattern.compile(
            "(?=[^@]{1,64}@)" + ATOM + "(?:\\." + ATOM + ")*+@(?:" + LABEL + "\\.)++(?![0-9]+$)" + LABEL);

    private EmailAddress() {}

    public static boolean isValid(String address) {
        return address.length() <= LONGEST && ADDRESS.matcher(address).matches();
    }

    /** What is wrong with an address that a caller has sent as {@code email}; nothing when it is fine. */
    public static Optional<FieldError> faultIn(@Nullable String address) {
        if (address == null) return fault("required", "is missing");
        if (address.length() > LONGEST) return fault("too_long", "must have at most " + LONGEST + " characters");
        return isValid(address)
                ? Optional.empty()
                : fault("email", "must be an e-mail address such as ann@example.org");
    }

    private static Optional<FieldError> fault(String code, String message) {
        return Optional.of(new FieldError("email", code, message));
    }
}
