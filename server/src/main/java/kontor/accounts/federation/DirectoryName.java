package kontor.accounts.federation;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.RDN;
import java.util.regex.Pattern;

/**
 * The rule for names that people log in with at a directory, and how one is written into filters and DNs. Names with signs
 * that mean something there are nobody's; what is let through is escaped all the same.
 */
final class DirectoryName {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._' $-]{0,103}");
    private static final String PLACE = "{0}";
    private static final String ATTRIBUTE = "cn=";

    private DirectoryName() {}

    static boolean isPossible(String name) {
        return NAME.matcher(name).matches() && !name.endsWith(" ");
    }

    /** RFC 4515, section 3. */
    static String inFilter(String filter, String value) {
        return filter.replace(PLACE, Filter.encodeValue(value));
    }

    /** RFC 4514, section 2.4. */
    static String inDn(String pattern, String value) {
        return pattern.replace(PLACE, new RDN("cn", value).toString().substring(ATTRIBUTE.length()));
    }
}
