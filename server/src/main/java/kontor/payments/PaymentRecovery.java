package kontor.payments;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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
 * <p>Of each gateway a few are asked about at once, each on a thread of its own: one that is silent holds up what is due
 * at itself, and nothing of another's. While a gateway's breaker is open nothing of it is taken, so that no attempt is
 * wasted and its first answers find everything that is due.
 */
@Component
class PaymentRecovery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PaymentRecovery.class);
    private static final int AT_ONCE = 16;

    private final OperationStore operations;
    private final GatewayQuestions questions;
    private final PaymentOutcomes outcomes;
    private final GatewayGuards guards;
    private final ConcurrentMap<String, Semaphore> places = new ConcurrentHashMap<>();
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("recovery-", 1).factory());
    private volatile boolean closed;

    PaymentRecovery(
            OperationStore operations, GatewayQuestions questions, PaymentOutcomes outcomes, GatewayGuards guards) {
        this.operations = operations;
        this.questions = questions;
        this.outcomes = outcomes;
        this.guards = guards;
    }

    /** Lets each gateway's due operations be begun, beside one another; does not wait for answers. */
    @Scheduled(fixedDelayString = "${kontor.payments.recovery-interval:2s}")
    void resolveDue() {
        for (var gateway : operations.gatewaysDue())
            if (!closed && busy.add(gateway)) threads.execute(() -> resolveDueOf(gateway));
    }

    private void resolveDueOf(String gateway) {
        try {
            while (!closed && beginAsMayBe(gateway)) log.debug("More operations of {} were due than places", gateway);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("What is due at {} could not be taken and is looked for again", gateway, e);
        } finally {
            busy.remove(gateway);
        }
    }

    /** Takes no more than can be asked about now: what is taken is hidden from other servers for a while. @return false when no more are due */
    private boolean beginAsMayBe(String gateway) throws InterruptedException {
        var free = places.computeIfAbsent(gateway, _ -> new Semaphore(AT_ONCE));
        free.acquire();
        var most = 1 + free.drainPermits();
        var begun = 0;
        try {
            var worth = guards.worthBeginning(gateway, most);
            if (worth == 0) {
                operations.putOffOverdue(gateway);
                return false;
            }
            for (var operation : operations.takeDue(gateway, worth)) {
                threads.execute(() -> resolve(operation, free));
                begun++;
            }
        } finally {
            free.release(most - begun);
        }
        return begun == most;
    }

    private void resolve(Operation operation, Semaphore place) {
        try {
            var answer = questions.resolve(operation);
            // What was not even asked is no attempt: the operation stays as it is and is taken again soon.
            if (answer instanceof GatewayAnswer.NoAnswer none && !none.wasSent()) return;
            outcomes.settle(operation, answer, "recovery");
        } catch (RuntimeException e) {
            log.warn("Operation {} could not be resolved and is tried again later", operation.id(), e);
        } finally {
            place.release();
        }
    }

    /** Waits for what has been asked: no longer than gateways are patient. */
    @Override
    public void close() {
        closed = true;
        threads.close();
    }
}
