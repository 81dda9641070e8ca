package kontor.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Whose pages may call from a browser, by the Fetch Standard's CORS protocol: those of the origins in the settings, and
 * none by default. They bring a bearer token; cookies are never allowed along, so that a page of another origin can do
 * nothing in the name of whoever looks at it.
 */
@Component
public class CrossOrigins {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS =
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id";
    private static final String ANSWER_HEADERS =
            "ETag, Idempotent-Replayed, Location, Retry-After, WWW-Authenticate, X-Request-Id";

    private final Set<String> allowed;
    private final HandlerExceptionResolver answers;

    CrossOrigins(WebSettings settings, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver answers) {
        this.allowed = Set.copyOf(settings.corsOrigins());
        this.answers = answers;
    }

    /** For the place behind the headers of every answer and before whoever refuses a caller, so that pages can read why. */
    public Filter filter() {
        return new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                var origin = request.getHeader("Origin");
                var welcome = origin != null && allowed.contains(origin);
                if (!allowed.isEmpty()) response.addHeader("Vary", "Origin");
                if (welcome) {
                    response.setHeader("Access-Control-Allow-Origin", origin);
                    response.setHeader("Access-Control-Expose-Headers", ANSWER_HEADERS);
                }
                if (!CorsUtils.isPreFlightRequest(request)) chain.doFilter(request, response);
                else if (welcome) allow(response);
                else
                    answers.resolveException(
                            request,
                            response,
                            null,
                            new Refusal(
                                    HttpStatus.FORBIDDEN, "origin_refused", "Pages of this origin may not call here."));
            }
        };
    }

    private static void allow(HttpServletResponse response) {
        response.setHeader("Access-Control-Allow-Methods", METHODS);
        response.setHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
        response.setHeader("Access-Control-Max-Age", "3600");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    /** @throws IllegalArgumentException when this is not one origin as browsers write it */
    static void check(String origin) {
        try {
            var address = new URI(origin);
            var port = address.getPort() < 0 ? "" : ":" + address.getPort();
            var whole = address.getScheme() + "://" + address.getHost() + port;
            var usualPort = address.getPort() == ("https".equals(address.getScheme()) ? 443 : 80);
            if (("https".equals(address.getScheme()) || "http".equals(address.getScheme()))
                    && address.getHost() != null
                    && !usualPort
                    && whole.equals(origin)
                    && origin.equals(origin.toLowerCase(java.util.Locale.ROOT))) return;
        } catch (URISyntaxException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "kontor.web.cors-origins needs exact origins such as https://shop.example, without a path or a star, and not \"%s\""
                        .formatted(origin));
    }
}
