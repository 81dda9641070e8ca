package kontor.payments.adyen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdyenSettingsTest {
    private static final String KEY = "0123456789abcdef0123456789ABCDEF";

    private static AdyenSettings settings(
            String base, @Nullable String account, List<String> keys, @Nullable String password, Duration timeout) {
        return new AdyenSettings(URI.create(base), false, "api_secret", account, keys, "shop", password, timeout, 4);
    }

    @Test
    void keepsSecretsOutOfLogs() {
        assertThat(settings("https://a.test", "Kontor", List.of(KEY), "pass_secret", Duration.ofSeconds(1))
                        .toString())
                .contains("Kontor", "https://a.test")
                .doesNotContain("secret", KEY);
    }

    @Test
    void takesNoEmptyKey() {
        assertThat(settings("https://a.test", "Kontor", List.of("", " ", KEY), "p", Duration.ofSeconds(1))
                        .hmacKeys())
                .containsExactly(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "0123", "0123456789abcdef0123456789abcde", "zz23456789abcdef0123456789abcdef"})
    void takesNoKeyThatAdyenWouldNotMake(String key) {
        assertThatThrownBy(() -> settings("https://a.test", "Kontor", List.of(key), "p", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hmac-keys")
                .hasMessageNotContaining(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a.test", "/v71", "a.test"})
    void refusesWhatIsNoWebAddress(String base) {
        assertThatThrownBy(() -> settings(base, "Kontor", List.of(), "p", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("api-base");
    }

    @Test
    void refusesPlainHttpThatLeavesTheMachine() {
        assertThatThrownBy(() -> settings("http://a.test", "Kontor", List.of(), "p", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kontor.payments.adyen.plain-http");
        assertThat(settings("http://localhost:1/adyen", "Kontor", List.of(), "p", Duration.ofSeconds(1))
                        .apiBase())
                .hasHost("localhost");
    }

    @Test
    void refusesHalfASetting() {
        assertThatThrownBy(() -> settings("https://a.test", null, List.of(), "p", Duration.ofSeconds(1)))
                .hasMessageContaining("merchant-account");
        assertThatThrownBy(() -> settings("https://a.test", "Kontor", List.of(), null, Duration.ofSeconds(1)))
                .hasMessageContaining("webhook-password");
        assertThatThrownBy(() -> settings("https://a.test", "Kontor", List.of(), "p", Duration.ZERO))
                .hasMessageContaining("timeout");
    }

    @Test
    void thereIsNoGatewayWithoutAKey() {
        var configuration = new AdyenConfiguration();
        for (var key : new @Nullable String[] {null, "", " "})
            assertThat(configuration.adyenGateway(new AdyenSettings(
                            URI.create("https://a.test"),
                            false,
                            key,
                            null,
                            List.of(),
                            null,
                            null,
                            Duration.ofSeconds(1),
                            4)))
                    .isNull();
    }
}
