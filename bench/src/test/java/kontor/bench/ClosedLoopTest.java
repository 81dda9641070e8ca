package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @Test
    void countsWhatWasAnsweredAfterTheWarmUpAndNothingElse() {
        var asked = new AtomicLong();
        ClosedLoop.Client client = () -> {
            asked.incrementAndGet();
            Thread.sleep(1);
        };
        var measured = ClosedLoop.run(
                "nothing", List.of(client, client), Thread.ofVirtual().factory(), SHORT, SHORT);
        assertThat(measured.clients()).isEqualTo(2);
        assertThat(measured.done()).isPositive().isLessThan(asked.get());
        assertThat(measured.perSecond()).isEqualTo((double) measured.done() / SHORT.toSeconds());
        assertThat(measured.p50()).isGreaterThanOrEqualTo(1_000_000).isLessThanOrEqualTo(measured.p99());
    }

    @Test
    void aClientThatFailsEndsTheRunWithItsReason() {
        var failure = new Exception("no more tea");
        ClosedLoop.Client failing = () -> {
            throw failure;
        };
        ClosedLoop.Client fine = () -> Thread.sleep(1);
        assertThatThrownBy(() -> ClosedLoop.run(
                        "tea", List.of(failing, fine), Thread.ofVirtual().factory(), SHORT, Duration.ofHours(1)))
                .hasMessage("tea failed")
                .hasCause(failure);
    }
}
