package kontor.docs;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsTest {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(kontor\\.[a-z.-]+):([^}]*)}");
    private final Settings settings = Settings.onClassPath();

    SettingsTest() throws IOException {}

    @Test
    void everyOneSaysWhatItIsFor() {
        assertThat(settings.all())
                .isNotEmpty()
                .allSatisfy(setting ->
                        assertThat(setting.description()).as(setting.name()).isNotBlank());
    }

    @Test
    void holdWhateverTheServerReadsOutsideOfRecords() throws IOException {
        var usual = settings.all().stream().collect(toMap(Settings.Setting::name, Settings.Setting::usual));
        var read = new TreeMap<String, String>();
        try (var sources = Files.walk(Path.of("src/main/java"))) {
            for (var source : sources.filter(Files::isRegularFile).toList())
                PLACEHOLDER
                        .matcher(Files.readString(source))
                        .results()
                        .forEach(found -> read.put(found.group(1), found.group(2)));
        }
        assertThat(read).isNotEmpty();
        assertThat(usual).containsAllEntriesOf(read);
    }

    @Test
    void areReadFromTheEnvironmentUnderTheNameThatIsWrittenDown() {
        for (var setting : settings.all()) {
            var environment = new StandardEnvironment();
            environment
                    .getPropertySources()
                    .replace(
                            "systemEnvironment",
                            new SystemEnvironmentPropertySource(
                                    "systemEnvironment", Map.of(setting.variable(), "something")));
            ConfigurationPropertySources.attach(environment);
            assertThat(environment.getProperty(setting.name()))
                    .as(setting.variable())
                    .isEqualTo("something");
        }
    }
}
