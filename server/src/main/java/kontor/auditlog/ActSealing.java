package kontor.auditlog;

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

    ActSealing(ActStore store) {
        this.store = store;
    }

    @Scheduled(fixedDelayString = "${kontor.auditlog.seal-interval:5s}")
    void seal() {
        try {
            while (store.seal(BATCH) == BATCH) log.debug("More was unsealed than one batch holds");
        } catch (DataAccessException | TransactionException e) {
            log.warn("The audit log could not be sealed, which is tried again", e);
        }
    }
}
