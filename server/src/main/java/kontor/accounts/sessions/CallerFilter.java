package kontor.accounts.sessions;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import kontor.web.RateLimits;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Finds out who calls, from the {@code Authorization} header (an access token or an API key), or without one from a browser's session cookie. Without
 * either the caller is a guest.
 *
 * <p>With a bearer token that is not good the request ends here, even where guests are welcome: whoever sends a token
 * wants to be somebody. A cookie that is not good is no more than a browser that has not noticed yet; it is told to
 * forget it. What changes something and comes with a cookie has to bring the session's CSRF token as well, which only a
 * page of our own can read. Other schemes are left to those who use them.
 */
public final class CallerFilter implements Filter {
    static final String CSRF_HEADER = "X-CSRF-Token";
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final String SCHEME = "Bearer";
    private static final String CALLER = CallerFilter.class.getName();
    private final KnownTokens tokens;
    private final RateLimits limits;
    private final HandlerExceptionResolver answers;

    public CallerFilter(KnownTokens tokens, RateLimits limits, HandlerExceptionResolver answers) {
        this.tokens = tokens;
        this.limits = limits;
        this.answers = answers;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var http = (HttpServletRequest) request;
        Authentication caller;
        try {
            // An answer that goes on later, or goes wrong, belongs to whom the request was let in for.
            caller = http.getDispatcherType() == DispatcherType.REQUEST
                    ? callerOf(http, (HttpServletResponse) response)
                    : (Authentication) http.getAttribute(CALLER);
        } catch (RuntimeException e) {
            if (answers.resolveException(http, (HttpServletResponse) response, null, e) == null) throw e;
            return;
        }
        if (caller != null) {
            http.setAttribute(CALLER, caller);
            SecurityContextHolder.setContext(new SecurityContextImpl(caller)); // cleared by Spring's FilterChainProxy
        }
        chain.doFilter(request, response);
    }

    private @Nullable Authentication callerOf(HttpServletRequest request, HttpServletResponse response) {
        var headers = request.getHeaders(HttpHeaders.AUTHORIZATION);
        if (!headers.hasMoreElements()) return callerByCookie(request, response);
        var header = headers.nextElement();
        if (headers.hasMoreElements()) throw invalid();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) return null;
        if (header.length() < SCHEME.length() + 2 || header.charAt(SCHEME.length()) != ' ') throw invalid();
        var token = header.substring(SCHEME.length() + 1);
        if (!tokens.remembers(token)) limits.refuseSpent(request);
        var caller = ApiKeyForm.isOne(token) ? tokens.ofKey(token, request.getRemoteAddr()) : tokens.ofToken(token);
        if (caller != null) return caller;
        limits.count(request);
        throw invalid();
    }

    private @Nullable Authentication callerByCookie(HttpServletRequest request, HttpServletResponse response) {
        var secret = Cookies.session(request);
        if (secret == null) return null;
        if (!tokens.remembers(secret)) limits.refuseSpent(request);
        var caller = tokens.ofCookie(secret);
        if (caller == null) {
            response.addHeader(HttpHeaders.SET_COOKIE, Cookies.noSession().toString());
            return null;
        }
        if (!SAFE.contains(request.getMethod()) && !bringsCsrfToken(request, secret)) throw forged();
        return caller;
    }

    private static boolean bringsCsrfToken(HttpServletRequest request, String secret) {
        var given = request.getHeader(CSRF_HEADER);
        return given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8),
                        KnownTokens.csrfToken(secret).getBytes(StandardCharsets.UTF_8));
    }

    private static Refusal forged() {
        return new Refusal(
                HttpStatus.FORBIDDEN,
                "csrf_token_required",
                "Send the session's CSRF token as " + CSRF_HEADER + " with everything that changes something.");
    }

    private static Refusal invalid() {
        return new Refusal(
                HttpStatus.UNAUTHORIZED,
                "invalid_token",
                "The bearer token is not good, or not any more. Log in again.");
    }
}
