package kontor.reconciliation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param interval how often the gateways' books are compared with ours
 * @param patience how long a gateway may take to list what it did, before that is a break
 */
@ConfigurationProperties("kontor.reconciliation")
record ReconciliationSettings(
        @DefaultValue("15m") Duration interval,
        @DefaultValue("2d") Duration patience) {
    ReconciliationSettings {
        if (!interval.isPositive())
            throw new IllegalArgumentException("kontor.reconciliation.interval is not positive: " + interval);
        if (patience.isNegative())
            throw new IllegalArgumentException("kontor.reconciliation.patience is negative: " + patience);
    }
}
