package kontor.accounts.oauth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The rule for addresses that users are sent back to with a code: https, or http to a program on the user's own machine
 * (RFC 8252); absolute, without a fragment, a name or password, or a part that somebody could read in another way.
 */
final class RedirectUri {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern PLAIN_HOST = Pattern.compile("[a-z0-9.-]+[a-z0-9]|\\[[0-9a-f:.]+]");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._~:/?\\[\\]@!$&'()+,;=%-]+");

    private RedirectUri() {}

    static boolean isAllowed(String given) {
        try {
            var uri = new URI(given);
            var host = uri.getHost();
            return host != null
                    && PLAIN.matcher(given).matches()
                    && PLAIN_HOST.matcher(host).matches()
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null
                    && !uri.getRawPath().contains("..")
                    && !uri.getRawPath().contains(";")
                    && (given.startsWith("https://") || (given.startsWith("http://") && THIS_MACHINE.contains(host)));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Scheme, host and port: what a page may name in its policy. */
    static String originOf(String allowed) {
        var uri = URI.create(allowed);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }
}
