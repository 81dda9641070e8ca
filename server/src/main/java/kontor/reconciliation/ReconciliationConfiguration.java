package kontor.reconciliation;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** Builds what this module is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ReconciliationSettings.class, ReconcileFirstSettings.class})
class ReconciliationConfiguration {
    /** Behind the request's id, before anything else. */
    private static final int EARLY = Ordered.HIGHEST_PRECEDENCE + 3;

    /** Filters are made before the database is there: what this one asks comes with the first request. */
    @Bean
    FilterRegistrationBean<ReconcileFirstFilter> reconcileFirstFilter(
            ObjectProvider<ReconcileFirst> first, ObjectProvider<JsonMapper> json) {
        var filter = new FilterRegistrationBean<>(new ReconcileFirstFilter(first, json));
        filter.setOrder(EARLY);
        return filter;
    }

    @Bean
    HealthIndicator reconciliationHealthIndicator(ReconcileFirst first) {
        return () -> (first.acceptsWrites() ? Health.up() : Health.outOfService()).build();
    }
}
