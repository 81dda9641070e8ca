package kontor.secrets;

import java.util.List;
import java.util.concurrent.TimeUnit;
import kontor.secrets.Secrets.CannotOpen;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Seals with the newest key what older ones have sealed, so that those may go: as long as anything is left that a key has
 * sealed, no server starts without it.
 */
@Component
class SealingAnew {
    private static final Logger log = LoggerFactory.getLogger(SealingAnew.class);
    private static final int AT_ONCE = 100;

    private final List<SealedColumn> columns;
    private final Secrets secrets;
    private final SecretStore store;

    SealingAnew(List<SealedColumn> columns, Secrets secrets, SecretStore store) {
        this.columns = columns;
        this.secrets = secrets;
        this.store = store;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 60, timeUnit = TimeUnit.MINUTES)
    void seal() {
        try {
            var newest = secrets.newestKey();
            store.note(newest); // another server, which had it behind an older one, may have forgotten it
            var anew = 0;
            for (var column : columns) anew += seal(column, newest);
            var forgotten = store.forgetAllBut(newest, columns);
            if (anew > 0) log.info("{} secrets were sealed anew with the key {}", anew, newest);
            for (var key : forgotten) log.info("Nothing is sealed with the key {} any more: it may go", key);
        } catch (DataAccessException e) {
            log.warn("Secrets could not be sealed anew, trying again later: {}", e.getMessage());
        }
    }

    private int seal(SealedColumn column, String newest) {
        var anew = 0;
        var after = ""; // one that cannot be opened stays, and the rest goes on
        while (true) {
            var found = store.sealedWithOlder(column, newest, after, AT_ONCE);
            for (var each : found) if (seal(column, each)) anew++;
            if (found.size() < AT_ONCE) return anew;
            after = found.getLast().row();
        }
    }

    private boolean seal(SealedColumn column, SecretStore.Sealed old) {
        var context = column.context(old.row());
        try {
            return store.replace(column, old, secrets.seal(context, secrets.open(context, old.text())));
        } catch (CannotOpen e) {
            log.error("{}", e.getMessage());
            return false;
        }
    }
}
