package kontor.accounts;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.header.HeaderWriter;

/**
 * What browsers are told with every answer: guess no types, run and frame nothing, send no addresses along, keep no
 * copies. Written last, so that an operation that says otherwise for itself is left as it is.
 */
public final class SecurityHeaders implements HeaderWriter {
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";
    private static final String OWN_SCRIPTS =
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none';"
                    + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        if (!response.containsHeader("Content-Security-Policy"))
            response.setHeader("Content-Security-Policy", isPage(request) ? OWN_SCRIPTS : NOTHING);
        if (!response.containsHeader("Cache-Control")) response.setHeader("Cache-Control", "no-store");
        if (request.isSecure()) response.setHeader("Strict-Transport-Security", "max-age=31536000");
    }

    /** The browsable API documentation, which is a page with scripts of its own. */
    private static boolean isPage(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.equals("/docs") || path.startsWith("/docs/") || path.startsWith("/swagger-ui/");
    }
}
