package kontor.payments.adyen;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Adyen is there when an API key is; that is asked when the server starts, as for Stripe. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AdyenSettings.class)
class AdyenConfiguration {
    @Bean
    @Nullable
    AdyenGateway adyenGateway(AdyenSettings settings) {
        var key = settings.apiKey();
        return key == null || key.isBlank() ? null : new AdyenGateway(settings);
    }
}
