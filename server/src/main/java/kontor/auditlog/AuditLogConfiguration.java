package kontor.auditlog;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the watch before everything that may refuse a request. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AuditLogSettings.class)
class AuditLogConfiguration implements WebMvcConfigurer {
    private final Watching watching;

    AuditLogConfiguration(Watching watching) {
        this.watching = watching;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(watching).order(Ordered.HIGHEST_PRECEDENCE);
    }
}
