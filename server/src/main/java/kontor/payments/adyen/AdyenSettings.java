package kontor.payments.adyen;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import kontor.payments.GatewayAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where and as whom to speak with Adyen.
 *
 * @param apiBase of the Checkout API, without its version: for live payments
 *     {@code https://PREFIX-checkout-live.adyenpayments.com/checkout}; the simulator's in development and tests
 * @param plainHttp whether {@code apiBase} may be plain http on another machine: for a simulator, never for money
 * @param apiKey without one there is no such gateway
 * @param merchantAccount that payments are made for; messages about another one are kept and not acted on
 * @param hmacKeys in hexadecimal, as Adyen shows them; each of them accepted: two during a rotation, none refuses every
 *     message
 * @param webhookUser that messages have to come with besides (Basic authentication); without one it is not looked at
 * @param webhookPassword of that user
 * @param timeout budget of a whole call, from waiting for a connection to the last byte of the answer
 * @param maxConnections calls that can be under way at once; one more waits within its budget
 */
@ConfigurationProperties("kontor.payments.adyen")
public record AdyenSettings(
        @DefaultValue("https://checkout-test.adyen.com") URI apiBase,
        @DefaultValue("false") boolean plainHttp,
        @Nullable String apiKey,
        @Nullable String merchantAccount,
        @DefaultValue List<String> hmacKeys,
        @Nullable String webhookUser,
        @Nullable String webhookPassword,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("256") int maxConnections) {
    private static final Pattern HMAC_KEY = Pattern.compile("(?:[0-9A-Fa-f]{2}){16,}");

    public AdyenSettings {
        GatewayAddress.check("kontor.payments.adyen", apiBase, plainHttp);
        if (apiKey != null && !apiKey.isBlank() && (merchantAccount == null || merchantAccount.isBlank())) {
            throw new IllegalArgumentException("kontor.payments.adyen.api-key needs a merchant-account beside it");
        }
        // An empty key would let anybody sign; it is what an unset variable leaves behind.
        hmacKeys = hmacKeys.stream().filter(key -> !key.isBlank()).toList();
        if (!hmacKeys.stream().allMatch(key -> HMAC_KEY.matcher(key).matches())) {
            throw new IllegalArgumentException("kontor.payments.adyen.hmac-keys are hexadecimal, of 16 bytes or more");
        }
        if (isSet(webhookUser) != isSet(webhookPassword)) {
            throw new IllegalArgumentException(
                    "kontor.payments.adyen.webhook-user and webhook-password need each other");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("kontor.payments.adyen.timeout is not positive: " + timeout);
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("kontor.payments.adyen.max-connections is not positive");
        }
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    /** Without the secrets: settings end up in logs. */
    @Override
    public String toString() {
        return "AdyenSettings[apiBase=%s, merchantAccount=%s, timeout=%s, maxConnections=%d, hmacKeys=%d]"
                .formatted(apiBase, merchantAccount, timeout, maxConnections, hmacKeys.size());
    }
}
