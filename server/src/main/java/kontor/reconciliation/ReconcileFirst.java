package kontor.reconciliation;

import java.time.Duration;
import kontor.payments.GatewayBooks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The start after a backup was restored. The gateways know of orders and operations that are not here any more, under ids
 * that would be given out again, and a gateway answers a key that it has seen with what it answered then. So, before any
 * job begins and the first request comes, all ids are skipped that may have been in use; then the books of all gateways are
 * read; and only then is anything accepted, or begun by the server itself, that changes something.
 */
@Component
class ReconcileFirst implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(ReconcileFirst.class);

    /** More ids than a shop uses up between a backup and its loss: 16 million, of a trillion order numbers. */
    static final long MARGIN = 1L << 24;

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);
    private static final int LONGEST_WAIT_FOR_ANSWERS = 15;

    private final ReconcileFirstSettings settings;
    private final Reconciliation reconciliation;
    private final UnownedMoney unowned;
    private final GatewayBooks gateways;
    private final LineStore lines;
    private volatile boolean acceptsWrites;

    ReconcileFirst(
            ReconcileFirstSettings settings,
            Reconciliation reconciliation,
            UnownedMoney unowned,
            GatewayBooks gateways,
            LineStore lines) {
        this.settings = settings;
        this.reconciliation = reconciliation;
        this.unowned = unowned;
        this.gateways = gateways;
        this.lines = lines;
        this.acceptsWrites = !settings.reconcileFirst();
    }

    boolean acceptsWrites() {
        return acceptsWrites;
    }

    /** Not all that gateways know is in their books, such as what they declined: hence the margin. */
    @Override
    public void afterSingletonsInstantiated() {
        if (acceptsWrites) return;
        gateways.hold();
        lines.skipIds(lines.idsReached() + MARGIN);
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        if (!acceptsWrites) Thread.ofVirtual().name("reconcile-first").start(this::reconcile);
    }

    private void reconcile() {
        log.warn("The gateways' books are compared with ours first; until then nothing can be changed");
        try {
            while (!tried(BETWEEN_TRIES)) Thread.sleep(BETWEEN_TRIES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param pause before it is looked again whether gateways have been asked about everything */
    boolean tried(Duration pause) throws InterruptedException {
        try {
            gateways.hasten();
            // Who confirmed after the backup was told so by a server that has forgotten it: the order must not be
            // called off.
            gateways.askAboutWaiting();
            gateways.tellStaffOfWaiting();
            for (var wait = 0; wait < LONGEST_WAIT_FOR_ANSWERS && gateways.due() > 0; wait++) Thread.sleep(pause);
            if (gateways.due() > 0) return false; // not even asked about: its gateway cannot be reached now
            if (!reconciliation.run()) return false;
            // The books tell of the highest ids: should they be beyond those that were skipped, this skips on.
            lines.skipIds(lines.highestNamed() + MARGIN);
            if (settings.reconcileFirstRefund() && unowned.giveBack() && !reconciliation.run()) return false;
            gateways.tellStaffOfWaiting(); // now also of what has only come to wait for its buyer by being asked about
            gateways.release();
            acceptsWrites = true;
            log.warn(
                    "The gateways' books have been compared with ours: start without kontor.reconcile-first the next time");
            return true;
        } catch (RuntimeException e) {
            log.error("The gateways' books could not be compared with ours and are again", e);
            return false;
        }
    }
}
