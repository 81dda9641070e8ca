package kontor.database;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ids that are known before their row is inserted, from sequences that count in blocks: a sequence with
 * {@code INCREMENT BY 1024} is asked once for 1,024 ids. Unique for ever and across servers, rising within a block,
 * with gaps after a restart.
 */
public final class Ids {
    private static final Logger log = LoggerFactory.getLogger(Ids.class);

    private final JdbcTemplate jdbc;
    private final Map<String, Blocks> sequences = new ConcurrentHashMap<>();

    Ids(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Takes the next id, from memory but for one call in a block's length. The block after the present one is fetched
     * ahead; when that comes too late, the caller fetches it on its own connection, its transaction's if it has one.
     *
     * @param sequence with its schema: {@code orders.order_ids}
     */
    public long next(String sequence) {
        var blocks = sequences.get(sequence);
        return (blocks != null ? blocks : sequences.computeIfAbsent(sequence, Blocks::new)).next();
    }

    private static final class Block {
        final long first;
        final long length;
        final AtomicLong taken = new AtomicLong();

        Block(long first, long length) {
            this.first = first;
            this.length = length;
        }
    }

    private final class Blocks {
        private final String sequence;
        private final ReentrantLock turn = new ReentrantLock();
        private final AtomicReference<@Nullable Block> ahead = new AtomicReference<>();
        private volatile Block present = new Block(0, 0);

        Blocks(String sequence) {
            this.sequence = sequence;
        }

        long next() {
            while (true) {
                var block = present;
                var taken = block.taken.getAndIncrement();
                if (taken < block.length) {
                    if (taken == block.length / 2) Thread.startVirtualThread(this::fetchAhead);
                    return block.first + taken;
                }
                replace(block);
            }
        }

        private void replace(Block empty) {
            turn.lock();
            try {
                if (present != empty) return;
                var fetched = ahead.getAndSet(null);
                present = fetched != null ? fetched : fetch();
            } finally {
                turn.unlock();
            }
        }

        private void fetchAhead() {
            try {
                ahead.compareAndSet(null, fetch());
            } catch (RuntimeException e) {
                log.debug("No ids of {} fetched ahead; the next caller fetches its own", sequence, e);
            }
        }

        /** The length is asked for, not assumed: a sequence that counts by one would hand out every id many times. */
        private Block fetch() {
            var block = jdbc.queryForObject(
                    """
                    SELECT nextval(seqrelid) AS first, seqincrement AS length
                    FROM pg_sequence
                    WHERE seqrelid = ?::regclass
                    """, (row, number) -> new Block(row.getLong("first"), row.getLong("length")), sequence);
            if (block == null) throw new IllegalStateException(sequence + " is not a sequence");
            return block;
        }
    }
}
