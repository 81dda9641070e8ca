package kontor.simulator;

import java.net.URI;
import java.net.URISyntaxException;

/** Addresses that a browser or the simulator may be sent to. */
final class WebAddress {
    private WebAddress() {}

    static boolean isOne(String text) {
        try {
            var uri = new URI(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
