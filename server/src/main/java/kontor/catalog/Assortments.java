package kontor.catalog;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Keeps the present assortment in memory, and looks out for changes that other servers make. */
@Component
class Assortments implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Assortments.class);

    private final AssortmentStore store;
    private final CatalogSettings settings;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Assortment current = Assortment.EMPTY;
    private volatile @Nullable Thread lookout;

    Assortments(AssortmentStore store, CatalogSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    Assortment current() {
        var known = current;
        return known.revision() == 0 ? refresh() : known;
    }

    /** @return an assortment at least as new as the catalogue was when this was called */
    Assortment refresh() {
        reading.lock();
        try {
            current = store.since(current);
            return current;
        } finally {
            reading.unlock();
        }
    }

    /** Whoever changes the catalogue here reads the change when the call returns. */
    void refreshAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                refreshOrLater();
            }
        });
    }

    private void refreshOrLater() {
        try {
            refresh();
        } catch (RuntimeException e) { // the change itself is done; the lookout tries again
            log.warn("The catalogue could not be read again: {}", e.toString());
        }
    }

    @Override
    public void start() {
        refresh();
        var thread = Thread.ofVirtual().name("catalog-lookout").unstarted(this::lookOut);
        lookout = thread; // before it runs, because it runs as long as it stands here
        thread.start();
    }

    private void lookOut() {
        while (lookout == Thread.currentThread()) {
            try {
                Thread.sleep(settings.lookout());
                if (store.revision() != current.revision()) refresh();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.debug("No look at the catalogue's revision this time", e);
            }
        }
    }

    @Override
    public void stop() {
        var thread = lookout;
        lookout = null;
        if (thread != null) thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return lookout != null;
    }

    /** Before the web server takes requests. */
    @Override
    public int getPhase() {
        return 0;
    }
}
