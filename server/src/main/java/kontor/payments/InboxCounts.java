package kontor.payments;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Counts the messages of gateways by type and by what became of them when they came. */
@Component
class InboxCounts {
    private static final int MOST_TYPES = 100;
    private static final String FURTHER_TYPES = "other";

    private final MeterRegistry metrics;
    private final Set<String> types = ConcurrentHashMap.newKeySet();

    InboxCounts(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** @param state the kept message's, or {@code repeated}, {@code conflicting}, {@code replayed} */
    void count(String gateway, String type, String state) {
        Counter.builder("kontor.inbox.events")
                .description("Messages of gateways, by type and by what became of them when they came")
                .tag("gateway", gateway)
                .tag("type", bounded(type))
                .tag("state", state)
                .register(metrics)
                .increment();
    }

    /** Every type is a time series of its own, and a gateway may invent as many as it likes. */
    private String bounded(String type) {
        if (types.contains(type)) return type;
        return types.size() < MOST_TYPES && types.add(type) ? type : FURTHER_TYPES;
    }
}
