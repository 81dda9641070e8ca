package kontor.payments.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import kontor.payments.PaymentGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class StripeSettingsTest {
    private final ApplicationContextRunner server =
            new ApplicationContextRunner().withUserConfiguration(StripeConfiguration.class);

    @Test
    void keepsSecretsOutOfLogs() {
        var settings = new StripeSettings(
                URI.create("https://api.stripe.com"), false, "sk_live_x", List.of("whsec_x"), Duration.ofSeconds(2), 8);
        assertThat(settings.toString()).contains("api.stripe.com").doesNotContain("sk_live_x", "whsec_x");
    }

    @Test
    void thereIsNoGatewayWithoutAKey() {
        server.run(context -> assertThat(context.getBeanProvider(PaymentGateway.class).stream())
                .isEmpty());
        server.withPropertyValues("kontor.payments.stripe.secret-key=")
                .run(context -> assertThat(context.getBeanProvider(PaymentGateway.class).stream())
                        .isEmpty());
    }

    @Test
    void readsTwoSecretsAndSpeaksWithStripeUnlessToldOtherwise() {
        server.withPropertyValues(
                        "kontor.payments.stripe.secret-key=sk_test_x",
                        "kontor.payments.stripe.webhook-secrets=whsec_new,whsec_old")
                .run(context -> {
                    assertThat(context.getBeanProvider(PaymentGateway.class).stream())
                            .singleElement()
                            .extracting(PaymentGateway::name)
                            .isEqualTo("stripe");
                    assertThat(context.getBean(StripeSettings.class))
                            .isEqualTo(new StripeSettings(
                                    URI.create("https://api.stripe.com"),
                                    false,
                                    "sk_test_x",
                                    List.of("whsec_new", "whsec_old"),
                                    Duration.ofSeconds(2),
                                    256));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.stripe.com",
                "http://10.0.0.7:8090",
                "http://simulator:8090",
                "http://localhost.example.org",
                "http://127.0.0.1.example.org",
                "http://[2001:db8::1]:8090",
            })
    void refusesPlainHttpThatLeavesTheMachineUnlessThatIsWanted(String address) {
        server.withPropertyValues("kontor.payments.stripe.api-base=" + address)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("kontor.payments.stripe.plain-http"));
        server.withPropertyValues(
                        "kontor.payments.stripe.api-base=" + address, "kontor.payments.stripe.plain-http=true")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "https://api.stripe.com"})
    void takesPlainHttpThatStaysOnTheMachine(String address) {
        server.withPropertyValues("kontor.payments.stripe.api-base=" + address)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void startsWithNothingThatCannotWork() {
        for (var wrong :
                List.of("api-base=ftp://x", "api-base=stripe", "timeout=0s", "timeout=-1s", "max-connections=0")) {
            server.withPropertyValues("kontor.payments.stripe." + wrong)
                    .run(context -> assertThat(context).hasFailed());
        }
        assertThatThrownBy(() -> new StripeGateway(new StripeSettings(
                        URI.create("https://api.stripe.com"), false, null, List.of(), Duration.ofSeconds(2), 8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
