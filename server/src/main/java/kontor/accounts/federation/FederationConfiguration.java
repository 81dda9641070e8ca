package kontor.accounts.federation;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({LdapSettings.class, OidcSettings.class})
class FederationConfiguration {}
