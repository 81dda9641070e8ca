package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import kontor.batching.Lanes;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class SaturatedLanesTest {
    @Test
    void areOutOfServiceUntilThereIsRoomAgain() throws Exception {
        var committing = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        var commands = new LaneCommand[] {command(), command()};
        try (var lanes = new Lanes<LaneCommand, LaneResult>(
                        "test",
                        1,
                        1,
                        1,
                        batch -> {
                            committing.countDown();
                            await(mayCommit);
                            return batch.stream()
                                    .<LaneResult>map(_ -> new LaneResult.Written())
                                    .toList();
                        },
                        _ -> {});
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var health = new OrderConfiguration().lanesHealthIndicator(lanes);
            assertThat(health.health()).extracting(Health::getStatus).isEqualTo(Status.UP);
            var taken = threads.submit(() -> lanes.submit(commands[0]));
            committing.await();
            var waiting = threads.submit(() -> lanes.submit(commands[1]));
            while (!lanes.isFull()) Thread.sleep(1);
            assertThat(health.health()).extracting(Health::getStatus).isEqualTo(Status.OUT_OF_SERVICE);
            mayCommit.countDown();
            taken.get();
            waiting.get();
            assertThat(health.health()).extracting(Health::getStatus).isEqualTo(Status.UP);
        }
    }

    private static LaneCommand command() {
        var operation = new Operation(
                1, 1, 1, Operation.Kind.VOID, "stripe", Money.of(510, "GBP"), false, null, null, "pi_1", null);
        return new LaneCommand.Settle(operation, new GatewayAnswer.NoAnswer("test"), null, null, "test");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
