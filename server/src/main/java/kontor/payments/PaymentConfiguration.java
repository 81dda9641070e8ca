package kontor.payments;

import java.time.Duration;
import kontor.batching.Lanes;
import kontor.payments.InboundEventStore.Arrival;
import kontor.payments.InboundEventStore.Standing;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Builds what this module is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PaymentSettings.class)
class PaymentConfiguration {
    private static final int MOST_WAITING = 4096;
    private static final int LARGEST_BATCH = 256;

    /** Most messages are about an answer that is being written down at the same time: a moment later nothing is left to do. */
    private static final Duration BETWEEN_COMMITS = Duration.ofMillis(100);

    /** A gateway whose message finds the lane full sends it again later. */
    @Bean
    Lanes<Arrival, Standing> inboxLane(InboundEventStore writer) {
        return new Lanes<>("inbox", 1, MOST_WAITING, LARGEST_BATCH, writer, _ -> {}, BETWEEN_COMMITS);
    }
}
