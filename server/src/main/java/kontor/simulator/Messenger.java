package kontor.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Carries messages to whoever listens, in no promised order, until each was answered with 2xx: again after 1, 2, 4 … seconds
 * up to an hour, for three days. What was delivered is noted in the book.
 */
final class Messenger implements AutoCloseable {
    private static final int MOST_UNDER_WAY = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GIVE_UP = Duration.ofDays(3);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Book book;
    private final Faults faults;
    private final Clock clock;
    private final DelayQueue<Due> queue = new DelayQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final WebhookClient client = new WebhookClient(MOST_UNDER_WAY, PATIENCE);
    private final Semaphore places = new Semaphore(MOST_UNDER_WAY);

    private volatile boolean closed;

    Messenger(Book book, Faults faults, Clock clock) {
        this.book = book;
        this.faults = faults;
        this.clock = clock;
    }

    /** Something to be told. */
    interface Message {
        /** In the book. */
        String id();

        /** As faults name it. */
        String type();

        /** When it happened, in milliseconds. */
        long at();

        /**
         * Sends it once.
         *
         * @param forged other than it is, and signed by nobody
         * @return whether it was answered with 2xx
         */
        boolean post(WebhookClient client, boolean forged);
    }

    private record Due(Runnable task, long nanos) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.signum(nanos - ((Due) other).nanos);
        }
    }

    void start() {
        Thread.ofVirtual().name("messenger").start(this::work);
    }

    /** Tells of it, with what faults make of that. */
    void tell(Message message) {
        var fault = faults.forEvent(message.type());
        var delay = fault == null ? 0 : delayOf(fault);
        if (fault != null && fault.kind() == Fault.Kind.WEBHOOK_FORGED) sendOnce(message, true);
        if (fault != null && fault.kind() == Fault.Kind.WEBHOOK_DUPLICATE) sendOnce(message, false);
        send(message, delay);
    }

    private static long delayOf(Fault fault) {
        return switch (fault.kind()) {
            case WEBHOOK_LATE, WEBHOOK_SHUFFLED -> fault.millis();
            default -> 0;
        };
    }

    /** Tells of it until it has arrived. */
    void send(Message message, long delayMillis) {
        waiting.incrementAndGet();
        later(() -> attempt(message, 0), delayMillis);
    }

    /** Duplicates and forgeries need not arrive. */
    private void sendOnce(Message message, boolean forged) {
        waiting.incrementAndGet();
        later(
                () -> {
                    message.post(client, forged);
                    waiting.decrementAndGet();
                },
                0);
    }

    private void attempt(Message message, int before) {
        if (message.post(client, false)) {
            book.mention(
                    Line.Draft.delivered(message.id(), clock.millis()).write().bytes());
        } else if (clock.millis() - message.at() < GIVE_UP.toMillis()) {
            later(
                    () -> attempt(message, before + 1),
                    Math.min(LONGEST_PAUSE.toMillis(), 1000L << Math.min(before, 20)));
            return;
        }
        waiting.decrementAndGet();
    }

    /** How many messages have yet to arrive. */
    int waiting() {
        return waiting.get();
    }

    /** Does something after a while, unless the simulator has ended by then. */
    void later(Runnable task, long delayMillis) {
        queue.add(new Due(task, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis)));
    }

    private void work() {
        while (!closed) {
            try {
                var due = queue.poll(100, TimeUnit.MILLISECONDS);
                if (due == null) continue;
                places.acquire();
                Thread.ofVirtual().name("message").start(() -> {
                    try {
                        due.task().run();
                    } finally {
                        places.release();
                    }
                });
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Lets what is under way end; the other messages stand in the book. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        // Not by interrupting: a thread interrupted while it reads the book would close it for everybody.
        try {
            places.tryAcquire(MOST_UNDER_WAY, 2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
