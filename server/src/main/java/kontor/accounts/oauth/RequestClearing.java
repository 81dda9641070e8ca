package kontor.accounts.oauth;

import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Takes away what clients have asked for, a month after it was over. */
@Component
class RequestClearing {
    private static final Duration KEPT = Duration.ofDays(30);
    private final RequestStore requests;

    RequestClearing(RequestStore requests) {
        this.requests = requests;
    }

    @Scheduled(
            initialDelayString = "${kontor.accounts.clearing-interval:1h}",
            fixedDelayString = "${kontor.accounts.clearing-interval:1h}")
    void clear() {
        requests.clear(KEPT);
    }
}
