package kontor.reconciliation;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import kontor.web.Problem;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Refuses what could change something while the gateways' books are compared with ours first: gateways' messages, too,
 * which are sent again. Signing in changes nothing, and staff have to be able to look.
 */
class ReconcileFirstFilter extends OncePerRequestFilter {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final int RETRY_AFTER_SECONDS = 5;

    private final ObjectProvider<ReconcileFirst> first;
    private final ObjectProvider<JsonMapper> json;
    private volatile boolean over;

    ReconcileFirstFilter(ObjectProvider<ReconcileFirst> first, ObjectProvider<JsonMapper> json) {
        this.first = first;
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (acceptsWrites()
                || READING.contains(request.getMethod())
                || request.getRequestURI().equals("/login")) {
            chain.doFilter(request, response);
            return;
        }
        var problem = Problem.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "reconciling",
                "A backup was restored: nothing can be changed until the gateways' books have been compared with ours.",
                Map.of("retry_after", RETRY_AFTER_SECONDS));
        response.setStatus(problem.getStatusCode().value());
        response.setHeader("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream()
                .write(json.getObject().writeValueAsString(problem.getBody()).getBytes(StandardCharsets.UTF_8));
    }

    private boolean acceptsWrites() {
        if (!over) over = first.getObject().acceptsWrites();
        return over;
    }
}
