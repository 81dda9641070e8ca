package kontor.payments;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Puts a guard before each gateway. Buyers and recovery have places of their own, so that neither can take those of the
 * other, and share the gateway's breaker: it answers both or nobody.
 */
@Component
class GatewayGuards {
    private final PaymentSettings settings;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final ConcurrentMap<String, GatewayBreaker> breakers = new ConcurrentHashMap<>();

    @Autowired
    GatewayGuards(PaymentSettings settings, MeterRegistry metrics) {
        this(settings, metrics, new Monotonic());
    }

    GatewayGuards(PaymentSettings settings, MeterRegistry metrics, Clock clock) {
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** For what buyers and staff wait for. */
    PaymentGateway forBuyers(PaymentGateway gateway) {
        return guarded(gateway, settings.gatewaysAtOnce());
    }

    /** For finding out what became of operations. */
    PaymentGateway forRecovery(PaymentGateway gateway) {
        return guarded(gateway, settings.recoveriesAtOnce());
    }

    /** How many of these questions to a gateway are worth beginning now; all of them to one that is not configured. */
    int worthBeginning(String gateway, int questions) {
        var breaker = breakers.get(gateway);
        return breaker == null ? questions : breaker.worthBeginning(questions);
    }

    private PaymentGateway guarded(PaymentGateway gateway, int atOnce) {
        var name = gateway.name();
        var places = Bulkhead.of(
                name,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(atOnce)
                        .maxWaitDuration(settings.gatewayWait())
                        .build());
        var breaker = breakers.computeIfAbsent(name, _ -> new GatewayBreaker(name, settings, metrics, clock));
        return new GuardedGateway(gateway, breaker, places, notSent(name, "full"), notSent(name, "open"));
    }

    private Counter notSent(String gateway, String why) {
        return Counter.builder("kontor.gateway.not.sent")
                .description("Questions to gateways that were not sent: too many at once, or the breaker is open")
                .tag("gateway", gateway)
                .tag("why", why)
                .register(metrics);
    }

    /** Counts from an arbitrary moment and is never set, as pauses need it. */
    private static final class Monotonic extends Clock {
        private final long origin = System.nanoTime();

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(System.nanoTime() - origin);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("it tells no time of day");
        }
    }
}
