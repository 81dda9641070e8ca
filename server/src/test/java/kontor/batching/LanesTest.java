package kontor.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class LanesTest {
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    @Test
    void everyCallerGetsTheResultOfItsOwnCommand() throws Exception {
        try (var lanes =
                lanes(2, 1000, 64, batch -> batch.stream().map(n -> n * 10).toList())) {
            var answers = submitAll(lanes, 500);
            for (var n = 0; n < 500; n++) assertThat(answers.get(n).resultNow()).isEqualTo(n * 10);
        }
    }

    @Test
    void whatQueuesUpDuringACommitSharesTheNextOne() throws Exception {
        var committing = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        try (var lanes = lanes(1, 1000, 64, batch -> {
                    committing.countDown();
                    await(mayCommit);
                    return batch;
                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> lanes.submit(0));
            committing.await();
            var others = IntStream.rangeClosed(1, 40)
                    .mapToObj(n -> threads.submit(() -> lanes.submit(n)))
                    .toList();
            while (lanes.depth() < 40) Thread.sleep(1);
            mayCommit.countDown();
            assertThat(first.get()).isZero();
            for (var other : others) other.get();
        }
        assertThat(sizes).containsExactly(1, 40);
    }

    @Test
    void aLaneThatRestsGathersWhatComesMeanwhile() throws Exception {
        try (var lanes = new Lanes<Integer, Integer>(
                        "test", 1, 1000, 64, batch -> batch, sizes::add, Duration.ofSeconds(2));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(lanes.submit(0)).isZero();
            for (var n = 1; n <= 10; n++) {
                var command = n;
                threads.execute(() -> lanes.submit(command));
                Thread.sleep(5); // time enough for a lane that does not rest to take it alone
            }
        }
        assertThat(sizes).containsExactly(1, 10);
    }

    @Test
    void theSecondStepOfWhatWasAdmittedWaitsForAPlace() throws Exception {
        var committing = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        try (var lanes = lanes(1, 1, 1, batch -> {
                    committing.countDown();
                    await(mayCommit);
                    return batch;
                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var inTheLane = threads.submit(() -> lanes.submit(1));
            committing.await();
            var waiting = threads.submit(() -> lanes.submit(2));
            while (!lanes.isFull()) Thread.sleep(1);
            var second = threads.submit(() -> lanes.submitAdmitted(3));
            assertThatThrownBy(() -> lanes.submit(4)).isInstanceOf(Overloaded.class);
            assertThat(second.isDone()).isFalse();
            mayCommit.countDown();
            assertThat(inTheLane.get() + waiting.get() + second.get()).isEqualTo(6);
        }
    }

    @Test
    void aPoisonedCommandFailsAloneAndTheOthersNeverNotice() throws Exception {
        try (var lanes = lanes(2, 1000, 64, batch -> {
            if (batch.contains(13)) throw new IllegalArgumentException("poison");
            return batch;
        })) {
            var answers = submitAll(lanes, 200);
            for (var n = 0; n < 200; n++) {
                if (n == 13) assertThat(answers.get(n).exceptionNow()).hasMessage("poison");
                else assertThat(answers.get(n).resultNow()).isEqualTo(n);
            }
        }
    }

    @Test
    void refusesAtOnceWhenTheQueueIsFullAndWritesNothingOfIt() throws Exception {
        var written = Collections.synchronizedList(new ArrayList<Integer>());
        var committing = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        try (var lanes = lanes(1, 2, 64, batch -> {
                    committing.countDown();
                    await(mayCommit);
                    written.addAll(batch);
                    return batch;
                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting1 = threads.submit(() -> lanes.submit(1));
            committing.await();
            var waiting2 = threads.submit(() -> lanes.submit(2));
            var waiting3 = threads.submit(() -> lanes.submit(3));
            while (lanes.depth() < 2) Thread.sleep(1);
            assertThatThrownBy(() -> lanes.submit(4)).isInstanceOf(Overloaded.class);
            mayCommit.countDown();
            assertThat(waiting1.get() + waiting2.get() + waiting3.get()).isEqualTo(6);
        }
        assertThat(written).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void aLaneThatIsStuckHoldsUpNobodyElse() throws Exception {
        var stuck = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        try (var lanes = lanes(2, 1000, 64, batch -> {
                    if (batch.contains(0)) {
                        stuck.countDown();
                        await(mayGoOn);
                    }
                    return batch;
                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> lanes.submit(0));
            stuck.await();
            assertThat(lanes.submit(1)).isEqualTo(1);
            for (var answer : submitAll(lanes, 1, 100))
                assertThat(answer.resultNow()).isPositive();
            assertThat(first.isDone()).isFalse();
            mayGoOn.countDown();
            first.get();
        }
    }

    @Test
    void writesTheBatchAgainWhenItWasADeadlocksVictim() {
        var tries = new AtomicInteger();
        try (var lanes = lanes(1, 10, 64, batch -> {
            if (tries.incrementAndGet() < 3) throw new CannotAcquireLockException("deadlock detected");
            return batch;
        })) {
            assertThat(lanes.submit(7)).isEqualTo(7);
        }
        assertThat(tries).hasValue(3);
    }

    @Test
    void doesNotTryEveryCommandOnItsOwnWhenTheDatabaseIsAway() throws Exception {
        var tries = new AtomicInteger();
        try (var lanes = lanes(1, 1000, 64, batch -> {
            tries.incrementAndGet();
            throw new CannotGetJdbcConnectionException("away");
        })) {
            for (var answer : submitAll(lanes, 100))
                assertThat(answer.exceptionNow()).isInstanceOf(CannotGetJdbcConnectionException.class);
        }
        assertThat(tries.get()).isEqualTo(sizes.size());
    }

    @Test
    void writesWhatWaitsBeforeItCloses() throws Exception {
        var mayCommit = new CountDownLatch(1);
        var lanes = lanes(2, 1000, 8, batch -> {
            await(mayCommit);
            return batch;
        });
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var answers = IntStream.range(0, 300)
                .mapToObj(n -> threads.submit(() -> lanes.submit(n)))
                .toList();
        while (lanes.depth() < 300 - 2 * 8) Thread.sleep(1); // two batches are in the lanes
        var closing = Thread.ofPlatform().start(lanes::close);
        while (!Set.of(State.WAITING, State.TIMED_WAITING).contains(closing.getState())) Thread.sleep(1);
        mayCommit.countDown();
        closing.join();
        threads.shutdown(); // not closed: whoever is forgotten would be waited for without end
        for (var n = 0; n < 300; n++)
            assertThat(answers.get(n).get(10, TimeUnit.SECONDS)).isEqualTo(n);
    }

    @Test
    void takesNothingWhenItIsClosed() {
        var lanes = lanes(2, 1000, 8, batch -> batch);
        lanes.close();
        assertThatThrownBy(() -> lanes.submit(1)).isInstanceOf(Overloaded.class);
        assertThatThrownBy(() -> lanes.submitAdmitted(1)).isInstanceOf(Overloaded.class);
    }

    private Lanes<Integer, Integer> lanes(int lanes, int bound, int largest, BatchWriter<Integer, Integer> writer) {
        return new Lanes<>("test", lanes, bound, largest, writer, sizes::add);
    }

    private static List<Future<Integer>> submitAll(Lanes<Integer, Integer> lanes, int count)
            throws InterruptedException {
        return submitAll(lanes, 0, count);
    }

    private static List<Future<Integer>> submitAll(Lanes<Integer, Integer> lanes, int from, int to)
            throws InterruptedException {
        var calls = IntStream.range(from, to)
                .mapToObj(n -> (Callable<Integer>) () -> lanes.submit(n))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(calls);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
