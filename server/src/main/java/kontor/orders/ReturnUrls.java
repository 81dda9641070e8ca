package kontor.orders;

import java.net.URI;
import java.net.URISyntaxException;

/** Where a buyer's browser may be sent back to. */
class ReturnUrls {
    private ReturnUrls() {}

    /** Absolute http or https, with a host, without a user and without a fragment. */
    static boolean acceptable(String url) {
        try {
            var uri = new URI(url);
            return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
