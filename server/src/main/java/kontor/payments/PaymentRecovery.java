package kontor.payments;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Asks gateways about every operation that has no answer yet, until there is one: after 5 s, 15 s, 1 min, 5 min, 15 min,
 * then every hour. What a crash left behind is found by the same means.
 */
@Component
class PaymentRecovery {
    private static final Logger log = LoggerFactory.getLogger(PaymentRecovery.class);
    private static final int AT_ONCE = 100;

    private final PaymentStore store;
    private final Payments payments;
    private final PaymentOutcomes outcomes;

    PaymentRecovery(PaymentStore store, Payments payments, PaymentOutcomes outcomes) {
        this.store = store;
        this.payments = payments;
        this.outcomes = outcomes;
    }

    @Scheduled(fixedDelayString = "${kontor.payments.recovery-interval:2s}")
    void resolveDue() {
        for (var operation : store.takeDue(AT_ONCE)) {
            try {
                outcomes.settle(operation, payments.resolve(operation), "recovery");
            } catch (RuntimeException e) {
                log.warn("Operation {} could not be resolved and is tried again later", operation.id(), e);
            }
        }
    }
}
