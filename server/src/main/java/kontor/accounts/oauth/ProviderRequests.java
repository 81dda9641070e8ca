package kontor.accounts.oauth;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Cookies;
import kontor.accounts.sessions.KnownTokens;
import kontor.web.Caller;
import kontor.web.PlainText;
import kontor.web.RateLimits;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;

/**
 * What every request to the provider passes first, as others pass the interceptors of the controllers: rate limits, and no
 * card numbers or control characters in parameters. Browsers are known by their session cookie; a form of ours brings a
 * token of its own where others bring the session's in a header.
 */
final class ProviderRequests implements Filter {
    static final String LOGIN_FORM = "/login/form";
    private static final Set<String> PATHS =
            Set.of(Continuation.AUTHORIZE, "/oauth2/token", "/oauth2/revoke", "/oauth2/introspect");
    private static final Set<String> BY_BROWSER = Set.of(Continuation.AUTHORIZE, LOGIN_FORM);
    private final AuthorizationServerSettings settings;
    private final KnownTokens tokens;
    private final RateLimits limits;
    private final HandlerExceptionResolver answers;

    ProviderRequests(
            AuthorizationServerSettings settings,
            KnownTokens tokens,
            RateLimits limits,
            HandlerExceptionResolver answers) {
        this.settings = settings;
        this.tokens = tokens;
        this.limits = limits;
        this.answers = answers;
    }

    static boolean isOurs(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.equals(LOGIN_FORM) || (path.startsWith("/oauth2/") && PATHS.contains(path));
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var http = (HttpServletRequest) request;
        try {
            AuthorizationServerContextHolder.setContext(new ProviderContext(settings, Client.of(http)));
            if (BY_BROWSER.contains(http.getRequestURI())) logInByCookie(http);
            check(http);
            chain.doFilter(request, response);
        } catch (RuntimeException e) {
            if (answers.resolveException(http, (HttpServletResponse) response, null, e) == null) throw e;
        } finally {
            AuthorizationServerContextHolder.resetContext();
        }
    }

    private void logInByCookie(HttpServletRequest request) {
        var secret = Cookies.session(request);
        var known = secret == null ? null : tokens.ofCookie(secret);
        if (known == null || !(known.getPrincipal() instanceof Caller caller) || caller.login() == null) return;
        if (caller.hasToEnrol())
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "second_factor_enrolment_required",
                    "Enrol a second factor first: an authenticator app or a passkey.");
        SecurityContextHolder.setContext(new SecurityContextImpl(new BrowserLogin(caller, caller.login())));
    }

    private void check(HttpServletRequest request) {
        if (request.getRequestURI().equals(LOGIN_FORM)) return; // a controller's, which has all of this
        request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, request.getRequestURI());
        limits.count(request);
        if (request.getQueryString() != null && !request.getMethod().equals("GET"))
            throw new Refusal(
                    HttpStatus.BAD_REQUEST,
                    "invalid_request",
                    "Parameters go into the body: addresses end up in logs.");
        request.getParameterMap().forEach((name, values) -> {
            for (var value : values) {
                if (!PlainText.Check.isPlain(value, false))
                    throw Refusal.ofField(name, "invalid", "must not contain control characters");
                PlainText.Check.refuseCardData(value);
            }
        });
    }
}
