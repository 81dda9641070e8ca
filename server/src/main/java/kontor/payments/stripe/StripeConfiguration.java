package kontor.payments.stripe;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Stripe is there when a secret key is. That is asked when the server starts and not by a condition on the bean:
 * conditions are decided when the server is built.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StripeSettings.class)
class StripeConfiguration {
    @Bean
    @Nullable
    StripeGateway stripeGateway(StripeSettings settings) {
        var key = settings.secretKey();
        return key == null || key.isBlank() ? null : new StripeGateway(settings);
    }
}
