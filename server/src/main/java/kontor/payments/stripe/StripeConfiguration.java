package kontor.payments.stripe;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Stripe is there when a secret key is. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("kontor.payments.stripe.secret-key")
@EnableConfigurationProperties(StripeSettings.class)
class StripeConfiguration {
    @Bean
    StripeGateway stripeGateway(StripeSettings settings) {
        return new StripeGateway(settings);
    }
}
