package kontor.payments;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Shows how many payments have begun and not ended, by state, and how many work items are open. Counted now and then, and never while somebody waits for it. */
@Component
class PaymentsUnderWay {
    private static final List<PaymentStatus> STATES = List.of(
            PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION, PaymentStatus.AUTHORIZED, PaymentStatus.UNKNOWN);

    private final PaymentStore store;
    private final WorkItemStore items;
    private volatile @Nullable Map<String, Long> counted;
    private volatile @Nullable Map<String, Long> open;

    PaymentsUnderWay(PaymentStore store, WorkItemStore items, MeterRegistry metrics) {
        this.store = store;
        this.items = items;
        for (var kind : WorkItems.Kind.values())
            Gauge.builder("kontor.work.items", () -> openOf(kind))
                    .description("Work items that wait for staff, by kind")
                    .tag("kind", kind.code())
                    .register(metrics);
        for (var state : STATES)
            Gauge.builder("kontor.payments.under.way", () -> countOf(state))
                    .description("Payments that have begun and not ended, by state")
                    .tag("state", state.code())
                    .register(metrics);
    }

    @Scheduled(fixedRateString = "${kontor.payments.count-interval:15s}")
    void count() {
        try {
            counted = store.countUnderWay();
            open = items.countOpen();
        } catch (DataAccessException | TransactionException e) {
            counted = null; // not known is not zero
            open = null;
        }
    }

    private double countOf(PaymentStatus state) {
        var newest = counted;
        return newest == null ? Double.NaN : newest.getOrDefault(state.code(), 0L);
    }

    private double openOf(WorkItems.Kind kind) {
        var newest = open;
        return newest == null ? Double.NaN : newest.getOrDefault(kind.code(), 0L);
    }
}
