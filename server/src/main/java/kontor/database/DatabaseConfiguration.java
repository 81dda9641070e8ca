package kontor.database;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DatabaseSettings.class)
class DatabaseConfiguration {
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
    Ids ids(JdbcTemplate jdbc) {
        return new Ids(jdbc);
    }
}
