package kontor.accounts.sessions;

import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Takes away sessions and tokens that are over. Ended sessions stay a month: somebody may ask why they ended. */
@Component
class Clearing {
    private static final Duration KEPT = Duration.ofDays(30);
    private final SessionStore store;

    Clearing(SessionStore store) {
        this.store = store;
    }

    @Scheduled(
            initialDelayString = "${kontor.accounts.clearing-interval:1h}",
            fixedDelayString = "${kontor.accounts.clearing-interval:1h}")
    void clear() {
        store.clear(KEPT);
    }
}
