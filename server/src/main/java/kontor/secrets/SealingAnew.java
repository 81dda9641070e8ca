package kontor.secrets;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kontor.secrets.Secrets.CannotOpen;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Seals with the newest key what older ones have sealed, so that those may go. Not while another server still seals with one
 * of them: the two would undo each other's work, and what it seals next would be lost together with the key.
 */
@Component
class SealingAnew {
    private static final Logger log = LoggerFactory.getLogger(SealingAnew.class);
    private static final int AT_ONCE = 100;
    private static final Duration NOBODY_SEALS_WITH_IT = Duration.ofHours(2); // each server says so every hour
    private static final Duration NOBODY_COMES_BACK = Duration.ofDays(1);

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
            store.note(newest);
            for (var key : store.quietFor(NOBODY_SEALS_WITH_IT, newest)) {
                var left = 0;
                for (var column : columns) left += seal(column, key);
                if (left == 0 && store.forget(key, NOBODY_COMES_BACK))
                    log.info(
                            "Nothing is sealed with the key {} any more: it may go from the list. Keep it as long as you keep"
                                    + " backups of before",
                            key);
            }
        } catch (DataAccessException e) {
            log.warn("Secrets could not be sealed anew, trying again later: {}", e.getMessage());
        }
    }

    /** @return how many are left, because they cannot be opened or have changed meanwhile */
    private int seal(SealedColumn column, String key) {
        var left = 0;
        var after = "";
        while (true) {
            var found = store.sealedWith(key, column, after, AT_ONCE);
            for (var each : found) if (!seal(column, each)) left++;
            if (found.size() < AT_ONCE) return left;
            after = found.getLast().row();
        }
    }

    private boolean seal(SealedColumn column, SecretStore.Sealed old) {
        try {
            var secret = secrets.open(column, old.row(), old.text());
            return store.replace(column, old, secrets.seal(column, old.row(), secret));
        } catch (CannotOpen e) {
            log.error("{}", e.getMessage());
            return false;
        }
    }
}
