package kontor.payments;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much of one gateway's time is asked for. All of it holds for each gateway by itself.
 *
 * @param gatewaysAtOnce how many questions of buyers and staff to one gateway can be under way at once; together with
 *     {@code recoveriesAtOnce} no more than it has connections
 * @param recoveriesAtOnce how many questions of recovery and on account of its messages can be under way at once beside them
 * @param gatewayWait how long a question waits for a place among them before it is not sent
 * @param breakerWindow how many of the last answers are judged: when half of them did not come, nothing is sent any more
 * @param breakerPause how long nothing is sent then, before a few questions try whether the gateway answers again
 */
@ConfigurationProperties("kontor.payments")
record PaymentSettings(
        @DefaultValue("224") int gatewaysAtOnce,
        @DefaultValue("32") int recoveriesAtOnce,
        @DefaultValue("100ms") Duration gatewayWait,
        @DefaultValue("50") int breakerWindow,
        @DefaultValue("10s") Duration breakerPause) {
    PaymentSettings {
        atLeast("gateways-at-once", gatewaysAtOnce, 1);
        atLeast("recoveries-at-once", recoveriesAtOnce, 1);
        atLeast("breaker-window", breakerWindow, 2);
        if (gatewayWait.isNegative())
            throw new IllegalArgumentException("kontor.payments.gateway-wait must not be negative");
        if (breakerPause.compareTo(Duration.ofMillis(1)) < 0)
            throw new IllegalArgumentException("kontor.payments.breaker-pause must be at least 1 ms");
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least)
            throw new IllegalArgumentException("kontor.payments.%s must be at least %d".formatted(name, least));
    }
}
