package kontor.payments.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import kontor.payments.PaymentGateway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class StripeSettingsTest {
    private final ApplicationContextRunner server =
            new ApplicationContextRunner().withUserConfiguration(StripeConfiguration.class);

    @Test
    void keepsSecretsOutOfLogs() {
        var settings = new StripeSettings(
                URI.create("https://api.stripe.com"), "sk_live_x", List.of("whsec_x"), Duration.ofSeconds(2), 8);
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
                                    "sk_test_x",
                                    List.of("whsec_new", "whsec_old"),
                                    Duration.ofSeconds(2),
                                    256));
                });
    }

    @Test
    void startsWithNothingThatCannotWork() {
        for (var wrong :
                List.of("api-base=ftp://x", "api-base=stripe", "timeout=0s", "timeout=-1s", "max-connections=0")) {
            server.withPropertyValues("kontor.payments.stripe." + wrong)
                    .run(context -> assertThat(context).hasFailed());
        }
        assertThatThrownBy(() -> new StripeGateway(new StripeSettings(
                        URI.create("https://api.stripe.com"), null, List.of(), Duration.ofSeconds(2), 8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
