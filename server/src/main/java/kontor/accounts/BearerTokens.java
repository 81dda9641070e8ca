package kontor.accounts;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Finds out who calls, from the {@code Authorization} header and nowhere else. Without a bearer token the caller is a
 * guest; with one that is not good the request ends here, even where guests are welcome: whoever sends a token wants to
 * be somebody. Other schemes are left to those who use them.
 */
final class BearerTokens implements Filter {
    private static final String SCHEME = "Bearer";
    private static final String CALLER = BearerTokens.class.getName();
    private final KnownTokens tokens;
    private final HandlerExceptionResolver answers;

    BearerTokens(KnownTokens tokens, HandlerExceptionResolver answers) {
        this.tokens = tokens;
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
                    ? callerOf(http)
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

    private @Nullable Authentication callerOf(HttpServletRequest request) {
        var headers = request.getHeaders(HttpHeaders.AUTHORIZATION);
        if (!headers.hasMoreElements()) return null;
        var header = headers.nextElement();
        if (headers.hasMoreElements()) throw invalid();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) return null;
        if (header.length() < SCHEME.length() + 2 || header.charAt(SCHEME.length()) != ' ') throw invalid();
        var caller = tokens.authentication(header.substring(SCHEME.length() + 1));
        if (caller == null) throw invalid();
        return caller;
    }

    private static Refusal invalid() {
        return new Refusal(
                HttpStatus.UNAUTHORIZED,
                "invalid_token",
                "The bearer token is not good, or not any more. Log in again.");
    }
}
