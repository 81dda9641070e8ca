package kontor.reconciliation;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * For the start after a backup was restored.
 *
 * @param reconcileFirst refuse everything that changes something until the gateways' books have been compared with ours
 * @param reconcileFirstRefund then also give back what gateways took for orders that are not here any more; without it
 *     that is left to staff
 */
@ConfigurationProperties("kontor")
record ReconcileFirstSettings(
        @DefaultValue("false") boolean reconcileFirst,
        @DefaultValue("false") boolean reconcileFirstRefund) {}
