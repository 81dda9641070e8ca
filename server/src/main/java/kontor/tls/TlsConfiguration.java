package kontor.tls;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Scheduled;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TlsSettings.class)
class TlsConfiguration {
    /** On the port of the API; that of the management belongs to nobody outside. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> https(TlsSettings settings, SslBundles bundles) {
        return factory -> {
            if (!settings.on()) return;
            factory.setSslBundles(bundles);
            factory.setSsl(Ssl.forBundle(TlsCertificate.BUNDLE));
        };
    }

    @Bean
    Look look(TlsCertificate certificate, SslBundleRegistry registry) {
        return new Look(certificate, registry);
    }

    /** Looks at the files instead of being told: links, mounts and network drives tell nobody. */
    record Look(TlsCertificate certificate, SslBundleRegistry registry) {
        @Scheduled(fixedDelayString = "${kontor.tls.look-interval:10s}")
        void look() {
            certificate.look(registry);
        }
    }
}
