package kontor.accounts.throttling;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Counts tries. Counting one and letting it through is one statement, so that of many at once no more get through. The
 * time is read when the row's turn has come: a transaction that has waited for it began before the one that it waited for.
 */
@Repository
class TryStore {
    private final JdbcClient jdbc;
    private final ThrottleSettings settings;

    TryStore(JdbcClient jdbc, ThrottleSettings settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    /** Counts a try for an account, a device or a factor. @return false when it has to wait; then none is counted */
    boolean count(String key) {
        return jdbc.sql("""
                        INSERT INTO accounts.tries AS t (key, count) VALUES (:key, 1)
                        ON CONFLICT (key) DO UPDATE
                        SET count = CASE WHEN t.since < clock_timestamp() - CAST(:window AS interval) THEN 1 ELSE t.count + 1 END,
                            since = CASE WHEN t.since < clock_timestamp() - CAST(:window AS interval) THEN clock_timestamp() ELSE t.since END,
                            next_at = CASE
                                WHEN t.since < clock_timestamp() - CAST(:window AS interval) OR t.count + 1 < :free THEN clock_timestamp()
                                WHEN t.count + 1 >= :most THEN t.since + CAST(:window AS interval)
                                ELSE least(clock_timestamp() + interval '1 second' * 2 ^ (t.count + 1 - :free),
                                           t.since + CAST(:window AS interval))
                                END
                        WHERE t.next_at <= clock_timestamp()
                        """)
                        .param("key", key)
                        .param("window", settings.window().toString())
                        .param("free", settings.free())
                        .param("most", settings.most())
                        .update()
                == 1;
    }

    /**
     * Counts a try for a network, whose count runs down with time: {@code next_at} is when it has run down, one refill later
     * for each try.
     *
     * @return false when it has to wait
     */
    boolean countForNetwork(String key) {
        return jdbc.sql("""
                        INSERT INTO accounts.tries AS t (key, count, next_at)
                        VALUES (:key, 1, clock_timestamp() + CAST(:refill AS interval))
                        ON CONFLICT (key) DO UPDATE
                        SET next_at = greatest(t.next_at, clock_timestamp()) + CAST(:refill AS interval),
                            since = clock_timestamp()
                        WHERE t.next_at <= clock_timestamp() + CAST(:refill AS interval) * (:most - 1)
                        """)
                        .param("key", key)
                        .param("refill", settings.networkRefill().toString())
                        .param("most", settings.perNetwork())
                        .update()
                == 1;
    }

    /** Seconds until an account's next try is let through, at least 1. */
    int secondsToWait(String key) {
        return jdbc.sql(
                        "SELECT ceil(extract(epoch FROM next_at - clock_timestamp()))::int FROM accounts.tries WHERE key = :key")
                .param("key", key)
                .query(Integer.class)
                .optional()
                .map(seconds -> Math.max(1, seconds))
                .orElse(1);
    }

    void forget(String key) {
        jdbc.sql("DELETE FROM accounts.tries WHERE key = :key")
                .param("key", key)
                .update();
    }

    /** One try less for an account, and the next one may come at once. */
    void takeBack(String key) {
        jdbc.sql("""
                        UPDATE accounts.tries
                        SET count = greatest(1, count - 1), next_at = least(next_at, clock_timestamp())
                        WHERE key = :key
                        """).param("key", key).update();
    }

    void giveBack(String networkKey) {
        jdbc.sql("UPDATE accounts.tries SET next_at = next_at - CAST(:refill AS interval) WHERE key = :key")
                .param("refill", settings.networkRefill().toString())
                .param("key", networkKey)
                .update();
    }

    void clear(Duration olderThan) {
        jdbc.sql("DELETE FROM accounts.tries WHERE since < now() - CAST(:age AS interval) AND next_at < now()")
                .param("age", olderThan.toString())
                .update();
    }
}
