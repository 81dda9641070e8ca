package kontor.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Bounds how much one caller may ask for: signed-in users each for themselves, each of their API keys beside them, guests by
 * their network address. Each server counts for itself; with {@code kontor.web.shared-limits} all of them count together
 * besides.
 */
@Component
public class RateLimits implements HandlerInterceptor {
    private static final int MOST_CALLERS = 100_000;
    private final WebSettings settings;
    private final @Nullable SharedLimits shared;
    private final Cache<String, Buckets> callers = Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS)
            .expireAfterAccess(Duration.ofMinutes(10))
            .build();

    /** @param shared nothing on a server that counts for itself */
    private record Buckets(Bucket own, @Nullable Bucket shared) {}

    RateLimits(WebSettings settings, DataSource database) {
        this.settings = settings;
        this.shared = settings.sharedLimits() && settings.requestsPerSecond() > 0
                ? new SharedLimits(database, settings.requestsPerSecond(), settings.burst())
                : null;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        var limited = !(handler instanceof HandlerMethod method && method.hasMethodAnnotation(NotRateLimited.class));
        if (limited) count(request);
        return true;
    }

    /**
     * Before somebody is looked for who may not be there: whoever has shown too many things that are good for nothing waits.
     *
     * @throws Refusal 429
     */
    public void refuseSpent(HttpServletRequest request) {
        if (settings.requestsPerSecond() == 0) return;
        var buckets = callers.getIfPresent("guest:" + request.getRemoteAddr());
        if (buckets != null && buckets.own().getAvailableTokens() == 0) throw tooMany();
    }

    /** Counts a request for its caller. @throws Refusal 429 when it is one too many */
    public void count(HttpServletRequest request) {
        var caller = Callers.current();
        var own = caller.client() == null ? 0 : caller.client().requestsPerSecond();
        if (own == 0 && settings.requestsPerSecond() == 0) return;
        var name = caller.isGuest() ? "guest:" + request.getRemoteAddr() : caller.limitedAs();
        var buckets = callers.get(name, _ -> full(name, own));
        if (buckets.own().tryConsume(1) && (buckets.shared() == null || takesTogether(buckets.shared()))) return;
        throw tooMany();
    }

    private static Refusal tooMany() {
        return new Refusal(
                HttpStatus.TOO_MANY_REQUESTS,
                "rate_limited",
                "Too many requests at once. Wait a second and go on.",
                Map.of("retry_after", 1),
                List.of());
    }

    private boolean takesTogether(Bucket bucket) {
        return shared == null || shared.takes(bucket);
    }

    /** What one caller may ask for in the long run, each second; 0 for no limit. */
    public int requestsPerSecond() {
        return settings.requestsPerSecond();
    }

    private Buckets full(String caller, int own) {
        return new Buckets(own == 0 ? fullBucket() : fullBucket(own), shared == null ? null : shared.of(caller));
    }

    private Bucket fullBucket() {
        return bucket(settings.burst(), settings.requestsPerSecond());
    }

    /** Of a caller with a limit of its own, who may ask for two seconds' worth at once; everybody's limit bounds it. */
    private Bucket fullBucket(int own) {
        if (settings.requestsPerSecond() == 0) return bucket(2L * own, own);
        return bucket(Math.min(2L * own, settings.burst()), Math.min(own, settings.requestsPerSecond()));
    }

    private static Bucket bucket(long atOnce, long perSecond) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(atOnce).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
    }

    @Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES)
    void forgetWhoIsGone() {
        if (shared != null) shared.forget();
    }
}
