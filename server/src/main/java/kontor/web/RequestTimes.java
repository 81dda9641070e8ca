package kontor.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Times every request by operation and status, under the name that Spring's own measurement has and dashboards know. That
 * one costs 3 µs a request, a tenth of what a small answer takes; this one a tenth of that.
 */
class RequestTimes extends OncePerRequestFilter {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private final MeterRegistry metrics;
    private final ConcurrentMap<Operation, Timer> timers = new ConcurrentHashMap<>();

    RequestTimes(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** @param route the pattern of the address, of which there are few: {@code /orders/{id}} */
    private record Operation(String method, String route, int status) {}

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var begun = System.nanoTime();
        var status = HttpStatus.INTERNAL_SERVER_ERROR.value();
        try {
            chain.doFilter(request, response);
            status = response.getStatus();
        } finally {
            var route = routeOf((String) request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE), status);
            var method = METHODS.contains(request.getMethod()) ? request.getMethod() : "OTHER"; // callers make up more
            timers.computeIfAbsent(new Operation(method, route, status), this::timer)
                    .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
    }

    private static String routeOf(@Nullable String pattern, int status) {
        if (pattern != null) return pattern;
        return status == HttpStatus.NOT_FOUND.value() ? "NOT_FOUND" : "UNKNOWN";
    }

    private Timer timer(Operation operation) {
        return Timer.builder("http.server.requests")
                .description("Requests by operation and status")
                .tag("method", operation.method())
                .tag("uri", operation.route())
                .tag("status", Integer.toString(operation.status()))
                .tag("outcome", outcome(operation.status()))
                .serviceLevelObjectives(BOUNDS)
                .register(metrics);
    }

    private static String outcome(int status) {
        var series = HttpStatus.Series.resolve(status);
        return series == null
                ? "UNKNOWN"
                : switch (series) {
                    case INFORMATIONAL -> "INFORMATIONAL";
                    case SUCCESSFUL -> "SUCCESS";
                    case REDIRECTION -> "REDIRECTION";
                    case CLIENT_ERROR -> "CLIENT_ERROR";
                    case SERVER_ERROR -> "SERVER_ERROR";
                };
    }
}
