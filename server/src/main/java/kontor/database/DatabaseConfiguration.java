package kontor.database;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DatabaseSettings.class)
class DatabaseConfiguration {
    private static final Logger log = LoggerFactory.getLogger(DatabaseConfiguration.class);

    @Bean
    DataFolder dataFolder(@Value("${kontor.data:.kontor}") String path) {
        return DataFolder.at(Path.of(path));
    }

    /** Whoever is given a connection finds the tables migrated, because this happens first. */
    @Bean
    Database database(DatabaseSettings settings, DataFolder data) {
        return Database.open(settings, data);
    }

    @Bean(destroyMethod = "") // closed by Database, which stops PostgreSQL after it
    HikariDataSource dataSource(Database database) {
        return database.pool();
    }

    @Bean
    WriteProbe writeProbe(HikariDataSource pool) {
        return new WriteProbe(pool);
    }

    @Bean
    HealthIndicator databaseHealthIndicator(WriteProbe probe) {
        return () -> (probe.succeeds() ? Health.up() : Health.down()).build();
    }

    @Bean
    MeterBinder databaseMetrics(WriteProbe probe) {
        return metrics -> Gauge.builder("kontor.database.up", probe, each -> each.succeeds() ? 1 : 0)
                .description("1 when the database takes writes, 0 when it does not")
                .register(metrics);
    }

    /** Regular jobs try again by themselves: while the database is away they say so in a line and not in pages. */
    @Bean
    SimpleAsyncTaskSchedulerCustomizer briefWhileTheDatabaseIsAway() {
        return scheduler -> scheduler.setErrorHandler(error -> {
            if (Database.isUnavailable(error)) log.warn("A regular job was left out: the database is away");
            else log.error("A regular job has failed", error);
        });
    }

    @Bean
    Ids ids(JdbcTemplate jdbc) {
        return new Ids(jdbc);
    }
}
