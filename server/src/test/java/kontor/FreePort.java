package kontor;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that start later, or again. They lie below those that systems give to connections (from 32,768 on Linux, from
 * 49,152 elsewhere), one of which could have got it by then.
 */
public final class FreePort {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;
    private static final AtomicInteger LATEST =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(FIRST, LAST));

    private FreePort() {}

    /** One that nobody listens on now, and that this process has given to nobody else. */
    public static int next() {
        while (true) {
            var port = LATEST.updateAndGet(latest -> latest < LAST ? latest + 1 : FIRST);
            try (var _ = new ServerSocket(port)) {
                return port;
            } catch (IOException e) {
                // taken: the next one
            }
        }
    }
}
