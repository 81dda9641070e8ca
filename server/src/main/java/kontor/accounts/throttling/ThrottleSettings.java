package kontor.accounts.throttling;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param free tries for one account, without success, that nobody waits between
 * @param most after these the account waits until {@code window} is over; between the two the pause doubles each time
 * @param window what is counted together
 * @param perNetwork tries without success that one network has at once, for whatever accounts
 * @param networkRefill after this time a network has one try more
 */
@ConfigurationProperties("kontor.accounts.tries")
public record ThrottleSettings(
        @DefaultValue("5") int free,
        @DefaultValue("10") int most,
        @DefaultValue("15m") Duration window,
        @DefaultValue("16") int perNetwork,
        @DefaultValue("15s") Duration networkRefill) {
    public ThrottleSettings {
        if (free < 1 || most < free || perNetwork < 1)
            throw new IllegalArgumentException(
                    "kontor.accounts.tries.free and per-network must be at least 1, and most no less than free");
        if (window.isNegative() || window.isZero() || networkRefill.isNegative() || networkRefill.isZero())
            throw new IllegalArgumentException(
                    "kontor.accounts.tries.window and network-refill must be longer than nothing");
    }
}
