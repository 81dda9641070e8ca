package kontor.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives each request an id, or keeps the caller's {@code X-Request-Id} unless that looks like a card number; it stands in the answer, in problems and in every log line. */
class RequestIds extends OncePerRequestFilter {
    static final String KEY = "request_id";
    private static final String HEADER = "X-Request-Id";
    private static final Pattern ACCEPTABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var kept = response.getHeader(HEADER); // when Tomcat sends the request to UnhandledErrors
        var id = kept == null ? idOf(request.getHeader(HEADER)) : kept;
        response.setHeader(HEADER, id);
        MDC.put(KEY, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(KEY);
        }
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    private static String idOf(@Nullable String given) {
        return given != null && ACCEPTABLE.matcher(given).matches() && !PlainText.Check.holdsCardNumber(given)
                ? given
                : Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    }
}
