package kontor.audit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AuditSettings.class)
class AuditConfiguration {
    @Bean
    MeterBinder auditMetrics(Audits audits) {
        return metrics -> {
            for (var invariant : audits.invariants())
                Gauge.builder("kontor.audit.violations", audits, each -> each.violations(invariant))
                        .description("Rows that broke the invariant at the newest audit")
                        .tag("invariant", invariant.id())
                        .register(metrics);
            Gauge.builder("kontor.audit.age", audits, Audits::age)
                    .description("Time since the newest audit was finished")
                    .baseUnit("seconds")
                    .register(metrics);
        };
    }
}
