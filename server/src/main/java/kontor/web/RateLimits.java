package kontor.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Bounds how much one caller may ask for: signed-in users each for themselves, guests by their network address. */
@Component
public class RateLimits implements HandlerInterceptor {
    private static final int MOST_CALLERS = 100_000;
    private final WebSettings settings;
    private final Cache<Object, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS)
            .expireAfterAccess(Duration.ofMinutes(10))
            .build();

    RateLimits(WebSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        var limited = !(handler instanceof HandlerMethod method && method.hasMethodAnnotation(NotRateLimited.class));
        if (limited) count(request);
        return true;
    }

    /** Counts a request for its caller. @throws Refusal 429 when it is one too many */
    public void count(HttpServletRequest request) {
        if (settings.requestsPerSecond() == 0) return;
        var caller = Callers.current();
        Object key = caller.isUser()
                ? (Object) caller.userId()
                : caller.isGuest() ? request.getRemoteAddr() : caller.principal();
        if (buckets.get(key, _ -> fullBucket()).tryConsume(1)) return;
        throw new Refusal(
                HttpStatus.TOO_MANY_REQUESTS,
                "rate_limited",
                "Too many requests at once. Wait a second and go on.",
                Map.of("retry_after", 1),
                List.of());
    }

    private Bucket fullBucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(settings.burst())
                        .refillGreedy(settings.requestsPerSecond(), Duration.ofSeconds(1)))
                .build();
    }
}
