package kontor.payments;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Asks gateways about every operation that has no answer yet, until there is one: after 5 s, 15 s, 1 min, 5 min, 15 min,
 * then every hour. What a crash left behind is found by the same means.
 *
 * <p>A few are asked about at once, each on a thread of its own: a gateway that is silent about one holds up the others
 * only when it is silent about that many.
 */
@Component
class PaymentRecovery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PaymentRecovery.class);
    private static final int AT_ONCE = 16;

    private final PaymentStore store;
    private final Payments payments;
    private final PaymentOutcomes outcomes;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("recovery-", 1).factory());

    PaymentRecovery(PaymentStore store, Payments payments, PaymentOutcomes outcomes) {
        this.store = store;
        this.payments = payments;
        this.outcomes = outcomes;
    }

    /** Begins to ask about all that are due; does not wait for the last answers. */
    @Scheduled(fixedDelayString = "${kontor.payments.recovery-interval:2s}")
    void resolveDue() throws InterruptedException {
        while (beginAsMayBe()) {
            log.debug("More operations were due than could be asked about at once");
        }
    }

    /** Takes no more than can be asked about now: what is taken is hidden from other servers for a while. @return false when no more are due */
    private boolean beginAsMayBe() throws InterruptedException {
        free.acquire();
        var most = 1 + free.drainPermits();
        var begun = 0;
        try {
            for (var operation : store.takeDue(most)) {
                threads.execute(() -> resolve(operation));
                begun++;
            }
        } finally {
            free.release(most - begun);
        }
        return begun == most;
    }

    private void resolve(Operation operation) {
        try {
            outcomes.settle(operation, payments.resolve(operation), "recovery");
        } catch (RuntimeException e) {
            log.warn("Operation {} could not be resolved and is tried again later", operation.id(), e);
        } finally {
            free.release();
        }
    }

    /** Waits for what has been asked: no longer than gateways are patient. */
    @Override
    public void close() {
        threads.close();
    }
}
