package kontor.web;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.Optimization;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one caller may ask for on all servers together, counted in the database. A server asks there about a caller at
 * most every 500 ms, or when it has let through as much as comes free in that time; so each server but one may let that
 * much too many through. While the database cannot be asked, nobody is refused here: each server's own limit holds.
 */
class SharedLimits {
    static final Duration UNASKED = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int MOST_REMOVED = 1_000;
    private static final Logger log = LoggerFactory.getLogger(SharedLimits.class);

    private final PostgreSQLSelectForUpdateBasedProxyManager<String> database;
    private final BucketConfiguration limit;
    private final Optimization optimization;
    private final AtomicLong leftAloneUntil = new AtomicLong(System.nanoTime());

    SharedLimits(DataSource database, int perSecond, int burst) {
        this.database = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(database)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .table("web.rate_limits")
                .idColumn("caller")
                .stateColumn("state")
                .expiresAtColumn("expires_at")
                .requestTimeout(PATIENCE)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(1)))
                .build();
        this.limit = BucketConfiguration.builder()
                .addLimit(each -> each.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
        this.optimization = Optimizations.delaying(new DelayParameters(unasked(perSecond), UNASKED));
    }

    /** How many requests of a caller a server lets through without asking. */
    static long unasked(int perSecond) {
        return Math.max(1, perSecond * UNASKED.toMillis() / 1_000);
    }

    /** What this server knows of one caller; to be kept as long as the caller goes on. */
    Bucket of(String caller) {
        return database.builder().withOptimization(optimization).build(caller, () -> limit);
    }

    /** Counts a request. @return false when it is one too many */
    boolean takes(Bucket bucket) {
        if (System.nanoTime() - leftAloneUntil.get() < 0) return true;
        try {
            return bucket.tryConsume(1);
        } catch (RuntimeException e) {
            leftAloneUntil.set(System.nanoTime() + PAUSE.toNanos());
            log.warn(
                    "The shared limits cannot be asked; for {} s each server's own hold: {}",
                    PAUSE.toSeconds(),
                    e.toString());
            return true;
        }
    }

    /** Forgets callers who have not come for so long that they start afresh anyway. */
    void forget() {
        while (database.removeExpired(MOST_REMOVED) == MOST_REMOVED) {
            // and the next
        }
    }
}
