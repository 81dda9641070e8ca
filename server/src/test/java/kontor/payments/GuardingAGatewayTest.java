package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import kontor.money.Money;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A gateway that does not answer is left alone for a while, and no gateway is asked too much at once. */
class GuardingAGatewayTest {
    private static final int WINDOW = 20;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final SetClock clock = new SetClock();
    private final FlakyGateway flaky = new FlakyGateway();
    private final GatewayGuards guards =
            new GatewayGuards(new PaymentSettings(3, 2, Duration.ZERO, WINDOW, PAUSE), metrics, clock);
    private final PaymentGateway buyers = guards.forBuyers(flaky);
    private final PaymentGateway recovery = guards.forRecovery(flaky);
    private int operations;

    @Test
    void isNotAskedAnyMoreOnceItHasStoppedAnswering() {
        open();
        var sentBefore = flaky.sent().size();
        assertThat(authorize(buyers))
                .isEqualTo(new GatewayAnswer.NoAnswer("not sent: the gateway has stopped answering"));
        assertThat(((GatewayAnswer.NoAnswer) authorize(recovery)).wasSent()).isFalse();
        assertThat(flaky.sent()).hasSize(sentBefore);
        assertThat(notSent("open")).isEqualTo(2);
        assertThat(state()).isEqualTo("open");
    }

    @Test
    void isTriedWithAFewQuestionsAfterAPauseAndAskedAgainWhenTheyAreAnswered() {
        open();
        flaky.become(FlakyGateway.Mood.ANSWERS);
        clock.advance(PAUSE.minusMillis(1));
        assertThat(guards.worthBeginning("flaky", 100)).isZero();
        assertThat(authorize(buyers)).isInstanceOf(GatewayAnswer.NoAnswer.class);
        clock.advance(Duration.ofMillis(2));
        assertThat(guards.worthBeginning("flaky", 100)).isEqualTo(GatewayBreaker.PROBES);
        assertThat(authorize(recovery)).isInstanceOf(GatewayAnswer.Captured.class);
        assertThat(state()).isEqualTo("half_open");
        for (var i = 1; i < GatewayBreaker.PROBES; i++)
            assertThat(authorize(buyers)).isInstanceOf(GatewayAnswer.Captured.class);
        assertThat(state()).isEqualTo("closed");
        assertThat(guards.worthBeginning("flaky", 100)).isEqualTo(100);
    }

    @Test
    void isLeftAloneAgainWhenTheTriesAreNotAnswered() {
        open();
        clock.advance(PAUSE.plusMillis(1));
        var sentBefore = flaky.sent().size();
        for (var i = 0; i < GatewayBreaker.PROBES + 5; i++) authorize(buyers);
        assertThat(flaky.sent()).hasSize(sentBefore + GatewayBreaker.PROBES);
        assertThat(state()).isEqualTo("open");
        assertThat(guards.worthBeginning("flaky", 100)).isZero();
    }

    @Test
    void isNeverLeftAloneForDeclining() {
        flaky.become(FlakyGateway.Mood.DECLINES);
        for (var i = 0; i < 10 * WINDOW; i++) assertThat(authorize(buyers)).isInstanceOf(GatewayAnswer.Declined.class);
        assertThat(state()).isEqualTo("closed");
    }

    @Test
    void isNeverLeftAloneForKnowingNothing() {
        for (var i = 0; i < 10 * WINDOW; i++)
            assertThat(recovery.lookUp(new GatewayRequest.LookUp("op-none", 1, Money.of(1, "GBP"), null)))
                    .isInstanceOf(GatewayAnswer.NotFound.class);
        assertThat(state()).isEqualTo("closed");
    }

    @Test
    void isAskedOnWhileFewerThanHalfGoUnanswered() {
        for (var i = 0; i < 10 * WINDOW; i++) {
            flaky.become(i % 3 == 0 ? FlakyGateway.Mood.SILENT : FlakyGateway.Mood.ANSWERS);
            authorize(buyers);
        }
        assertThat(state()).isEqualTo("closed");
    }

    @Test
    void isAskedNoMoreThanIsAllowedAtOnceAndTheRestIsNotSent() throws Exception {
        flaky.become(FlakyGateway.Mood.HANGS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hanging = IntStream.range(0, 3)
                    .mapToObj(_ -> threads.submit(() -> authorize(buyers)))
                    .toList();
            await().until(() -> flaky.hanging() == 3);
            assertThat(authorize(buyers))
                    .isEqualTo(new GatewayAnswer.NoAnswer("not sent: too much is being asked of the gateway at once"));
            assertThat(flaky.sent()).hasSize(3);
            assertThat(notSent("full")).isEqualTo(1);
            flaky.become(FlakyGateway.Mood.ANSWERS);
            for (Future<GatewayAnswer> answer : hanging) answer.get();
        }
        assertThat(authorize(buyers)).isInstanceOf(GatewayAnswer.Captured.class);
    }

    @Test
    void leavesBuyersTheirPlacesWhateverRecoveryAsks() throws Exception {
        flaky.become(FlakyGateway.Mood.HANGS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 2; i++) threads.execute(() -> authorize(recovery));
            await().until(() -> flaky.hanging() == 2);
            assertThat(((GatewayAnswer.NoAnswer) authorize(recovery)).wasSent()).isFalse();
            for (var i = 0; i < 3; i++) threads.execute(() -> authorize(buyers));
            await().until(() -> flaky.hanging() == 5);
            flaky.become(FlakyGateway.Mood.ANSWERS);
        }
    }

    @Test
    void doesNotTakeAFullHouseForSilence() {
        flaky.become(FlakyGateway.Mood.HANGS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 3; i++) threads.execute(() -> authorize(buyers));
            await().until(() -> flaky.hanging() == 3);
            for (var i = 0; i < 10 * WINDOW; i++) authorize(buyers);
            assertThat(state()).isEqualTo("closed");
            flaky.become(FlakyGateway.Mood.ANSWERS);
        }
    }

    @Test
    void isNeverAskedInsideATransaction() {
        TransactionSynchronizationManager.setActualTransactionActive(true);
        try {
            assertThatThrownBy(() -> authorize(recovery)).isInstanceOf(IllegalStateException.class);
        } finally {
            TransactionSynchronizationManager.setActualTransactionActive(false);
        }
        assertThat(flaky.sent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gateways-at-once", "recoveries-at-once", "breaker-window", "gateway-wait", "breaker-pause"})
    void settingsThatCannotWorkAreRefusedByName(String setting) {
        assertThatThrownBy(() -> new PaymentSettings(
                        setting.equals("gateways-at-once") ? 0 : 1,
                        setting.equals("recoveries-at-once") ? 0 : 1,
                        Duration.ofMillis(setting.equals("gateway-wait") ? -1 : 0),
                        setting.equals("breaker-window") ? 1 : 2,
                        Duration.ofMillis(setting.equals("breaker-pause") ? 0 : 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kontor.payments." + setting);
    }

    private void open() {
        flaky.become(FlakyGateway.Mood.SILENT);
        for (var i = 0; i < WINDOW / 2; i++) authorize(buyers);
        assertThat(flaky.sent()).hasSize(WINDOW / 2);
    }

    private synchronized String nextKey() {
        return "op-" + ++operations;
    }

    private GatewayAnswer authorize(PaymentGateway gateway) {
        return gateway.authorize(
                new GatewayRequest.Authorize(nextKey(), 1, 1, Money.of(510, "GBP"), "tok", true, null));
    }

    private double notSent(String why) {
        return metrics.get("kontor.gateway.not.sent")
                .tag("gateway", "flaky")
                .tag("why", why)
                .counter()
                .count();
    }

    private String state() {
        return metrics.get("kontor.gateway.breaker").tag("gateway", "flaky").gauges().stream()
                .filter(gauge -> gauge.value() == 1)
                .map(gauge -> gauge.getId().getTag("state"))
                .reduce((one, other) -> one + " and " + other)
                .orElse("none");
    }

    /** Stands still until it is set. */
    private static final class SetClock extends Clock {
        private volatile Instant now = Instant.EPOCH;

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
