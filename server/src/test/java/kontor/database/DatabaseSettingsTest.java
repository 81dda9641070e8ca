package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.core.env.StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class DatabaseSettingsTest {
    private static DatabaseSettings of(Map<String, Object> environment) {
        var source = new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, environment);
        return new Binder(ConfigurationPropertySources.from(source)).bindOrCreate("kontor.db", DatabaseSettings.class);
    }

    @Test
    void theEmbeddedDatabaseIsTheDefault() {
        assertThat(of(Map.of()).embedded()).isTrue();
        assertThat(of(Map.of("KONTOR_DB_URL", "")).embedded()).isTrue();
    }

    @Test
    void theEnvironmentNamesAnExternalOne() {
        var settings = of(Map.of(
                "KONTOR_DB_URL",
                "jdbc:postgresql://db/kontor",
                "KONTOR_DB_USER",
                "server",
                "KONTOR_DB_PASSWORD",
                "its password",
                "KONTOR_DB_OWNER_USER",
                "owner",
                "KONTOR_DB_OWNER_PASSWORD",
                "the owner's",
                "KONTOR_DB_REQUIRE_DURABLE",
                "false",
                "KONTOR_DB_ANSWER_PATIENCE",
                "90s"));
        assertThat(settings)
                .isEqualTo(new DatabaseSettings(
                        "jdbc:postgresql://db/kontor",
                        "server",
                        "its password",
                        "owner",
                        "the owner's",
                        false,
                        10,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(90),
                        false,
                        Map.of()));
        assertThat(settings.embedded()).isFalse();
    }

    @Test
    void theEnvironmentReplacesASettingOfTheEmbeddedOne() {
        var settings = of(Map.of("KONTOR_DB_POSTGRES_SHARED_BUFFERS", "1GB"));
        assertThat(PostgresServer.settingLines(settings.postgres())).isEqualTo("\nshared_buffers = '1GB'\n");
    }
}
