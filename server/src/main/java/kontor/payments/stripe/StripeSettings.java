package kontor.payments.stripe;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import kontor.payments.GatewayAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where and as whom to speak with Stripe.
 *
 * @param apiBase the simulator's address in development and tests
 * @param plainHttp whether {@code apiBase} may be plain http on another machine: for a simulator, never for money
 * @param secretKey {@code sk_…}; without one there is no such gateway
 * @param webhookSecrets {@code whsec_…}, each of them accepted: two during a rotation, none refuses every message
 * @param timeout budget of a whole call, from waiting for a connection to the last byte of the answer
 * @param maxConnections calls that can be under way at once; one more waits within its budget
 */
@ConfigurationProperties("kontor.payments.stripe")
public record StripeSettings(
        @DefaultValue("https://api.stripe.com") URI apiBase,
        @DefaultValue("false") boolean plainHttp,
        @Nullable String secretKey,
        @DefaultValue List<String> webhookSecrets,
        @DefaultValue("2s") Duration timeout,
        @DefaultValue("256") int maxConnections) {
    public StripeSettings {
        GatewayAddress.check("kontor.payments.stripe", apiBase, plainHttp);
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("kontor.payments.stripe.timeout is not positive: " + timeout);
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("kontor.payments.stripe.max-connections is not positive");
        }
        // An empty secret would let anybody sign; it is what an unset variable leaves behind.
        webhookSecrets =
                webhookSecrets.stream().filter(secret -> !secret.isBlank()).toList();
    }

    /** Without the secrets: settings end up in logs. */
    @Override
    public String toString() {
        return "StripeSettings[apiBase=%s, timeout=%s, maxConnections=%d, webhookSecrets=%d]"
                .formatted(apiBase, timeout, maxConnections, webhookSecrets.size());
    }
}
