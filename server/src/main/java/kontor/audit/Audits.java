package kontor.audit;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.stereotype.Service;

/**
 * The running server's audits: one at a time, on one connection, so that nobody can make it busy with them. Whoever asks
 * while one runs waits for it and shares its report.
 */
@Service
public class Audits {
    private static final Logger log = LoggerFactory.getLogger(Audits.class);
    /** An audit takes part of the database's time; repeated at once, at most a tenth of it. */
    private static final int REST = 10;

    private final DataSource database;
    private final AuditSettings settings;
    private final Audit audit = new Audit();
    private final ReentrantLock turn = new ReentrantLock();
    private volatile @Nullable Known known;

    /** @param at {@link System#nanoTime} when it was finished */
    private record Known(Report report, long at) {
        Duration age() {
            return Duration.ofNanos(System.nanoTime() - at);
        }
    }

    Audits(DataSource database, AuditSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    List<Invariant> invariants() {
        return audit.invariants();
    }

    /**
     * A report that is fresh enough, made anew if there is none.
     *
     * @throws org.springframework.dao.DataAccessException when the database does not answer
     */
    public Report report() {
        var before = known;
        if (before != null && isFresh(before)) return before.report();
        turn.lock();
        try {
            var meanwhile = known;
            if (meanwhile != null && isFresh(meanwhile)) return meanwhile.report();
            return make();
        } finally {
            turn.unlock();
        }
    }

    private boolean isFresh(Known known) {
        var rest = known.report().took().multipliedBy(REST);
        var freshFor = rest.compareTo(settings.freshFor()) > 0 ? rest : settings.freshFor();
        return known.age().compareTo(freshFor) < 0;
    }

    private Report make() {
        try {
            var report = audit.run(database, 1, _ -> {});
            known = new Known(report, System.nanoTime());
            for (var finding : report.broken())
                log.error(
                        "Invariant {} is broken by {} rows, which ./kontor audit shows. {}",
                        finding.invariant().id(),
                        finding.violations(),
                        finding.invariant().sentence());
            return report;
        } catch (SQLException e) {
            throw new UncategorizedSQLException("audit", null, e);
        }
    }

    /** How many rows broke the invariant in the newest report; NaN while there is none. */
    double violations(Invariant invariant) {
        var newest = known;
        if (newest == null) return Double.NaN;
        return newest.report().findings().stream()
                .filter(finding -> finding.invariant().equals(invariant))
                .collect(Collectors.summingLong(Finding::violations));
    }

    /** Seconds since the newest report was finished; NaN while there is none. */
    double age() {
        var newest = known;
        return newest == null ? Double.NaN : newest.age().toMillis() / 1000.0;
    }
}
