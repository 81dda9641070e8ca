package kontor.orders;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import kontor.idempotency.Idempotency;

/** Waiting for what another request is about to write. */
final class Patience {
    private static final long FIRST_LOOK_MILLIS = 10;
    private static final long SLOWEST_LOOK_MILLIS = 200;

    private Patience() {}

    /** Looks again and again, ever less often. @return empty when it has not come in time */
    static <T> Optional<T> await(Duration longest, Supplier<Optional<T>> look) {
        var deadline = System.nanoTime() + longest.toNanos();
        for (var pause = FIRST_LOOK_MILLIS;
                System.nanoTime() < deadline;
                pause = Math.min(2 * pause, SLOWEST_LOOK_MILLIS)) {
            sleep(pause);
            var seen = look.get();
            if (seen.isPresent()) return seen;
        }
        return Optional.empty();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Idempotency.underWay();
        }
    }
}
