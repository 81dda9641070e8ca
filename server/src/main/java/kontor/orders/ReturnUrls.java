package kontor.orders;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Where a buyer's browser may be sent back to: the shop's own addresses. Elsewhere a page could pretend to be the shop to a
 * buyer who has just come from their bank.
 */
@Component
class ReturnUrls {
    private final List<URI> origins;

    ReturnUrls(OrderSettings settings, @Value("${server.port:8080}") int port) {
        origins = settings.returnOrigins().isEmpty()
                ? List.of(URI.create("http://localhost:" + port))
                : settings.returnOrigins();
    }

    /**
     * The absolute address, or null for null.
     *
     * @param field that the refusal names
     * @throws Refusal 422 {@code invalid} for what is no address of a page, {@code foreign} for one that is not the shop's
     */
    @Nullable
    String checked(String field, @Nullable String url) {
        if (url == null) return null;
        var uri = parsed(field, url);
        if (isPath(url, uri)) return origins.getFirst() + url;
        if (!isAbsolute(uri))
            throw Refusal.ofField(field, "invalid", "must be a path, or an http(s) address without user and fragment");
        if (origins.stream().noneMatch(origin -> isOf(origin, uri)))
            throw Refusal.ofField(field, "foreign", "must be a path, or below one of " + origins);
        return url;
    }

    private static URI parsed(String field, String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw Refusal.ofField(field, "invalid", "must be a path or an http(s) address");
        }
    }

    /** {@code /back}, but not {@code //elsewhere.example/back}: what a browser would take for a host. */
    private static boolean isPath(String url, URI uri) {
        return url.startsWith("/") && !url.startsWith("//") && uri.getRawFragment() == null;
    }

    private static boolean isAbsolute(URI uri) {
        return isWeb(uri) && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
    }

    private static boolean isWeb(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
    }

    private static boolean isOf(URI origin, URI uri) {
        return origin.getScheme().equalsIgnoreCase(uri.getScheme())
                && origin.getHost().equalsIgnoreCase(uri.getHost())
                && portOf(origin) == portOf(uri);
    }

    private static int portOf(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Scheme, host and port, and nothing after them. */
    static boolean isOrigin(URI uri) {
        return isAbsolute(uri) && uri.getRawPath().isEmpty() && uri.getRawQuery() == null;
    }
}
