package kontor.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Lets the server audit itself from time to time, so that the metrics can raise an alarm. */
@Component
class RegularAudit {
    private static final Logger log = LoggerFactory.getLogger(RegularAudit.class);
    private final Audits audits;

    RegularAudit(Audits audits) {
        this.audits = audits;
    }

    @Scheduled(fixedRateString = "${kontor.audit.interval:1h}", initialDelayString = "${kontor.audit.first-after:10m}")
    void audit() {
        try {
            audits.report();
        } catch (RuntimeException e) {
            log.warn("The regular audit could not be made", e);
        }
    }
}
