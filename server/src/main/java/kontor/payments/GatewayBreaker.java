package kontor.payments;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a gateway has stopped answering and lets it be for a while. Then a few questions are sent, and it goes on
 * when those are answered. A decline is an answer like every other.
 */
final class GatewayBreaker {
    /** How many questions try whether the gateway answers again; more than half of them have to be answered. */
    static final int PROBES = 4;

    private static final Logger log = LoggerFactory.getLogger(GatewayBreaker.class);
    private static final float HALF = 50;

    private final CircuitBreaker breaker;
    private final Clock clock;
    private final Duration pause;
    private volatile Instant openUntil = Instant.MIN;

    /** @param clock should be monotonic: a step of the wall clock would make the pause longer or shorter */
    GatewayBreaker(String gateway, PaymentSettings settings, MeterRegistry metrics, Clock clock) {
        this.clock = clock;
        this.pause = settings.breakerPause();
        this.breaker = CircuitBreaker.of(
                gateway,
                CircuitBreakerConfig.custom()
                        .slidingWindow(
                                settings.breakerWindow(),
                                settings.breakerWindow() / 2,
                                CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(HALF)
                        .waitDurationInOpenState(pause)
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .recordResult(GatewayAnswer.NoAnswer.class::isInstance)
                        .writableStackTraceEnabled(false)
                        .clock(clock)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> {
            var state = event.getStateTransition().getToState();
            if (state == CircuitBreaker.State.OPEN) openUntil = clock.instant().plus(pause);
            log.warn("The breaker of gateway {} is {} now", gateway, wordFor(state));
        });
        for (var state :
                List.of(CircuitBreaker.State.CLOSED, CircuitBreaker.State.HALF_OPEN, CircuitBreaker.State.OPEN))
            Gauge.builder("kontor.gateway.breaker", breaker, now -> now.getState() == state ? 1 : 0)
                    .description("1 for the state that a gateway's breaker is in: open sends nothing")
                    .tag("gateway", gateway)
                    .tag("state", wordFor(state))
                    .register(metrics);
    }

    private static String wordFor(CircuitBreaker.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** Whether a question may be sent. Every one that may has to end in one of the methods below. */
    boolean letsThrough() {
        return breaker.tryAcquirePermission();
    }

    /** The question was not sent after all, which says nothing about the gateway. */
    void notSent() {
        breaker.releasePermission();
    }

    void answered(GatewayAnswer answer, long nanos) {
        breaker.onResult(nanos, TimeUnit.NANOSECONDS, answer);
    }

    void failed(Throwable failure, long nanos) {
        breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
    }

    /** How many of these questions are worth beginning now: all, a few to try it, or none. */
    int worthBeginning(int questions) {
        return switch (breaker.getState()) {
            case OPEN -> clock.instant().isAfter(openUntil) ? Math.min(questions, PROBES) : 0;
            case HALF_OPEN -> Math.min(questions, PROBES);
            default -> questions;
        };
    }
}
