package kontor.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import kontor.database.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;

/**
 * A few writers that each take whatever has queued up since their last commit and write all of it in one transaction.
 * With nothing going on a batch is one command that waits for nobody; under load hundreds share one commit.
 *
 * <p>The first lane takes everything as long as little waits, for two half batches cost nearly as much each as one whole.
 * The others help when it leaves many waiting, or when it is stuck.
 *
 * <p>A batch that fails is split until the command that spoils it stands alone; the others never notice.
 */
public class Lanes<C, R> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lanes.class);
    private static final int TRIES_AFTER_DEADLOCK = 5;
    private static final int WORTH_ANOTHER_LANE = 32;
    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String name;
    private final int bound;
    private final int largestBatch;
    private final BatchWriter<C, R> writer;
    private final IntConsumer batchSizes;
    private final long rest;
    private final BlockingQueue<Waiting<C, R>> queue;
    private final Thread first;
    private final List<Thread> helpers;
    private volatile boolean closed;
    /** How many batches the first lane has begun: where the number stays the same, it is idle or stuck. */
    private final AtomicLong begun = new AtomicLong();

    /** A command and where its caller waits. */
    private record Waiting<C, R>(C command, CompletableFuture<R> result) {}

    /**
     * @param lanes how many writers; two keep two cores busy, more fight over them
     * @param bound how many commands may wait before {@link Overloaded} is thrown
     * @param largestBatch how many commands share one transaction at most
     * @param batchSizes is told the size of each batch taken
     */
    public Lanes(
            String name, int lanes, int bound, int largestBatch, BatchWriter<C, R> writer, IntConsumer batchSizes) {
        this(name, lanes, bound, largestBatch, writer, batchSizes, Duration.ZERO);
    }

    /**
     * For what is not urgent: the first lane begins a batch at most once in {@code rest}, so that more shares a commit. A
     * command that comes after a longer silence still waits for nobody.
     */
    public Lanes(
            String name,
            int lanes,
            int bound,
            int largestBatch,
            BatchWriter<C, R> writer,
            IntConsumer batchSizes,
            Duration rest) {
        this.name = name;
        this.bound = bound;
        this.largestBatch = largestBatch;
        this.writer = writer;
        this.batchSizes = batchSizes;
        this.rest = rest.toNanos();
        this.queue = new ArrayBlockingQueue<>(bound);
        first = start(1, this::runFirst);
        helpers = IntStream.rangeClosed(2, lanes)
                .mapToObj(lane -> start(lane, this::help))
                .toList();
    }

    private Thread start(int lane, Runnable run) {
        return Thread.ofPlatform().name("lane-" + name + "-" + lane).daemon().start(run);
    }

    /**
     * Hands the command to a lane and waits for its commit.
     *
     * @throws Overloaded at once when the queue is full; nothing was written
     * @throws RuntimeException what the writer threw for this command alone, or for all when the database is away
     */
    public R submit(C command) {
        if (closed) throw new Overloaded(name, bound);
        var waiting = new Waiting<C, R>(command, new CompletableFuture<>());
        if (!queue.offer(waiting)) throw new Overloaded(name, bound);
        return resultOf(waiting);
    }

    /**
     * Hands over the second step of a command that was admitted before: it waits for a place instead of being refused,
     * because something has happened that must be written down. As many can come as were admitted.
     *
     * @throws Overloaded only when the lanes are closed
     * @throws RuntimeException as {@link #submit}
     */
    public R submitAdmitted(C command) {
        if (closed) throw new Overloaded(name, bound);
        var waiting = new Waiting<C, R>(command, new CompletableFuture<>());
        try {
            queue.put(waiting);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Overloaded(name, bound);
        }
        return resultOf(waiting);
    }

    private R resultOf(Waiting<C, R> waiting) {
        // The lanes may have left between the look at the flag and the offer: nobody would ever answer.
        if (closed && queue.remove(waiting)) throw new Overloaded(name, bound);
        if (queue.size() >= WORTH_ANOTHER_LANE) helpers.forEach(LockSupport::unpark);
        try {
            return waiting.result().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) throw failure;
            throw e;
        }
    }

    /** How many commands wait to be taken by a lane. */
    public int depth() {
        return queue.size();
    }

    /** Whether the next command would be refused. */
    public boolean isFull() {
        return queue.remainingCapacity() == 0;
    }

    /** Takes no more commands, writes those that wait, and returns when the lanes are done. */
    @Override
    public void close() {
        closed = true;
        try {
            first.join();
            for (var helper : helpers) helper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runFirst() {
        var batch = new ArrayList<Waiting<C, R>>(largestBatch);
        while (!closed || !queue.isEmpty()) {
            try {
                var next =
                        queue.poll(100, TimeUnit.MILLISECONDS); // wakes at once for a command; the bound is for closing
                if (next == null) continue;
                batch.add(next);
                begun.incrementAndGet();
                var since = System.nanoTime();
                fillAndWrite(batch);
                if (rest > 0) LockSupport.parkNanos(since + rest - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void help() {
        var batch = new ArrayList<Waiting<C, R>>(largestBatch);
        var seen = begun.get();
        var since = System.nanoTime();
        while (!closed || !queue.isEmpty()) {
            var now = System.nanoTime();
            if (seen != begun.get()) {
                seen = begun.get();
                since = now;
            }
            if (queue.size() >= WORTH_ANOTHER_LANE || (now - since >= STUCK_NANOS && !queue.isEmpty()))
                fillAndWrite(batch);
            else LockSupport.parkNanos(STUCK_NANOS);
        }
    }

    private void fillAndWrite(List<Waiting<C, R>> batch) {
        try {
            queue.drainTo(batch, largestBatch - batch.size());
            if (batch.isEmpty()) return;
            batchSizes.accept(batch.size());
            write(batch);
        } catch (RuntimeException | Error e) {
            log.error("Lane {} failed outside of a batch", name, e);
            batch.forEach(waiting -> waiting.result().completeExceptionally(e));
        } finally {
            batch.clear();
        }
    }

    private void write(List<Waiting<C, R>> batch) {
        try {
            var results =
                    writeAgainAfterDeadlock(batch.stream().map(Waiting::command).toList());
            for (var i = 0; i < batch.size(); i++) batch.get(i).result().complete(results.get(i));
        } catch (RuntimeException | Error e) {
            if (batch.size() == 1 || Database.isUnavailable(e)) {
                batch.forEach(waiting -> waiting.result().completeExceptionally(e));
                return;
            }
            log.info("A batch of {} commands for {} failed and is split: {}", batch.size(), name, e.toString());
            write(batch.subList(0, batch.size() / 2));
            write(batch.subList(batch.size() / 2, batch.size()));
        }
    }

    private List<R> writeAgainAfterDeadlock(List<C> commands) {
        for (var tried = 1; ; tried++) {
            try {
                return writer.write(commands);
            } catch (PessimisticLockingFailureException e) { // a deadlock's victim; Spring's word for 40P01 and 40001
                if (tried == TRIES_AFTER_DEADLOCK) throw e;
            }
        }
    }
}
