package kontor.auditlog;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Seals what was recorded, some seconds behind, so that no act waits for another. Servers that do so at once take turns. */
@Component
class ActSealing {
    private static final Logger log = LoggerFactory.getLogger(ActSealing.class);
    private static final int BATCH = 1_000;

    private final ActStore store;
    private volatile double unsealed = Double.NaN; // not known is not zero

    ActSealing(ActStore store, MeterRegistry metrics) {
        this.store = store;
        Gauge.builder("kontor.auditlog.unsealed", () -> unsealed)
                .description("Acts that no seal covers yet")
                .register(metrics);
    }

    @Scheduled(fixedDelayString = "${kontor.auditlog.seal-interval:5s}")
    void seal() {
        try {
            while (store.seal(BATCH) == BATCH) log.debug("More was unsealed than one batch holds");
        } catch (DataAccessException | TransactionException e) {
            log.warn("The audit log could not be sealed, which is tried again", e);
        }
        try {
            unsealed = store.countUnsealed();
        } catch (DataAccessException | TransactionException e) {
            unsealed = Double.NaN;
        }
    }
}
