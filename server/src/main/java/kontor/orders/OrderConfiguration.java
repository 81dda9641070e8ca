package kontor.orders;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import kontor.batching.Lanes;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Builds what this module is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OrderSettings.class)
class OrderConfiguration {
    @Bean
    Lanes<LaneCommand, LaneResult> orderLanes(OrderLane writer, OrderSettings settings, MeterRegistry metrics) {
        var sizes = DistributionSummary.builder("kontor.lane.batch.size")
                .description("Orders and gateway answers that shared a commit")
                .publishPercentiles(0.5, 0.99)
                .register(metrics);
        var lanes = new Lanes<LaneCommand, LaneResult>(
                "orders", settings.lanes(), settings.queueBound(), settings.largestBatch(), writer, sizes::record);
        Gauge.builder("kontor.lane.depth", lanes, Lanes::depth)
                .description("Orders and gateway answers that wait for a lane")
                .register(metrics);
        return lanes;
    }

    @Bean
    HealthIndicator lanesHealthIndicator(Lanes<LaneCommand, LaneResult> lanes) {
        return () -> (lanes.isFull() ? Health.outOfService() : Health.up()).build();
    }

    @Bean
    OrderNumbers orderNumbers(OrderStore store) {
        return new OrderNumbers(store.numberKey());
    }

    @Bean
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000)); // microseconds, as PostgreSQL keeps them
    }
}
