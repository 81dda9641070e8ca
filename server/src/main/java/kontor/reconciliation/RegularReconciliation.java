package kontor.reconciliation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Compares the gateways' books with ours from time to time. */
@Component
class RegularReconciliation {
    private static final Logger log = LoggerFactory.getLogger(RegularReconciliation.class);
    private final Reconciliation reconciliation;

    RegularReconciliation(Reconciliation reconciliation) {
        this.reconciliation = reconciliation;
    }

    @Scheduled(
            fixedDelayString = "${kontor.reconciliation.interval:15m}",
            initialDelayString = "${kontor.reconciliation.interval:15m}")
    void reconcile() {
        try {
            reconciliation.run();
        } catch (RuntimeException e) {
            log.warn("The gateways' books could not be compared with ours and are at the next run", e);
        }
    }
}
