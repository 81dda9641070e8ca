package kontor.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/** Clients that each ask the next question as soon as the last one is answered. */
final class ClosedLoop {
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);

    private ClosedLoop() {}

    /** One question and its answer. */
    interface Client {
        void ask() throws Exception;
    }

    /**
     * Runs all clients at once, each on a thread of its own. Only what is answered after the warm-up counts.
     *
     * @throws IllegalStateException with the cause when a client fails: a figure with failures in it says nothing
     */
    static Measured run(
            String what, List<? extends Client> clients, ThreadFactory threads, Duration warmUp, Duration measured) {
        var latencies = new ConcurrentHistogram(LONGEST, 3);
        var failure = new AtomicReference<@Nullable Exception>();
        var from = System.nanoTime() + warmUp.toNanos();
        var until = from + measured.toNanos();
        var running = new ArrayList<Thread>();
        for (var client : clients) {
            var thread = threads.newThread(() -> run(client, latencies, from, until, failure));
            running.add(thread);
            thread.start();
        }
        try {
            for (var thread : running) thread.join();
        } catch (InterruptedException e) {
            running.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (failure.get() != null) throw new IllegalStateException(what + " failed", failure.get());
        return Measured.of(what, clients.size(), measured.toNanos() / 1e9, latencies);
    }

    private static void run(
            Client client,
            ConcurrentHistogram latencies,
            long from,
            long until,
            AtomicReference<@Nullable Exception> failure) {
        try {
            while (failure.get() == null) {
                var asked = System.nanoTime();
                if (asked - until >= 0) return;
                client.ask();
                var answered = System.nanoTime();
                if (answered - from >= 0 && answered - until < 0) latencies.recordValue(answered - asked);
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }
}
