package kontor.ledger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Seals what was posted, some seconds behind, so that no order waits for it. Servers that do so at once take turns, and
 * each batch is a transaction of its own.
 */
@Component
class Sealing {
    private static final Logger log = LoggerFactory.getLogger(Sealing.class);
    private static final int BATCH = 5_000;

    private final BookStore store;
    private volatile double unsealed = Double.NaN; // not known is not zero

    Sealing(BookStore store, MeterRegistry metrics) {
        this.store = store;
        Gauge.builder("kontor.ledger.unsealed", () -> unsealed)
                .description("Ledger transactions that no seal covers yet")
                .register(metrics);
    }

    @Scheduled(fixedDelayString = "${kontor.ledger.seal-interval:5s}")
    void seal() {
        try {
            sealAll();
        } catch (DataAccessException | TransactionException e) {
            log.warn("The books could not be sealed, which is tried again", e);
        }
        try {
            unsealed = store.countUnsealed();
        } catch (DataAccessException | TransactionException e) {
            unsealed = Double.NaN;
        }
    }

    /** Everything that can be: what a transaction still at work may be followed by has to wait for it. */
    private void sealAll() {
        while (store.seal(BATCH) == BATCH) log.debug("More was unsealed than one batch holds");
    }
}
