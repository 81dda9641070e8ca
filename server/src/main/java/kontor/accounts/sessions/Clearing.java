package kontor.accounts.sessions;

import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Takes away sessions and tokens that are over. Ended sessions stay a month: somebody may ask why they ended. */
@Component
class Clearing {
    private static final Duration KEPT = Duration.ofDays(30);
    private final SessionStore sessions;
    private final RefreshTokenStore refreshTokens;
    private final OneTimeTokens oneTimeTokens;

    Clearing(SessionStore sessions, RefreshTokenStore refreshTokens, OneTimeTokens oneTimeTokens) {
        this.sessions = sessions;
        this.refreshTokens = refreshTokens;
        this.oneTimeTokens = oneTimeTokens;
    }

    @Scheduled(
            initialDelayString = "${kontor.accounts.clearing-interval:1h}",
            fixedDelayString = "${kontor.accounts.clearing-interval:1h}")
    void clear() {
        sessions.clear(KEPT);
        refreshTokens.clear();
        oneTimeTokens.clear();
    }
}
