package kontor.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.database.DatabaseSettings;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where the sealing keys come from, and that none is missing that something in the database is sealed with. */
class KeysOfAnInstallationTest {
    private static final DatabaseSettings EMBEDDED = database(Map.of());
    private static final DatabaseSettings EXTERNAL = database(Map.of("kontor.db.url", "jdbc:postgresql://db/kontor"));

    @TempDir
    private Path folder;

    private DataFolder data;
    private final SecretStore store =
            new SecretStore(JdbcClient.create(TestDatabase.database().pool())) {
                private List<String> noted = List.of();

                @Override
                List<String> keyIds() {
                    return noted;
                }

                @Override
                void note(String keyId) {
                    noted = List.of(keyId);
                }
            };

    @BeforeEach
    void anInstallation() {
        data = DataFolder.at(folder);
    }

    private static DatabaseSettings database(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("kontor.db", DatabaseSettings.class);
    }

    private Secrets start(DatabaseSettings database, String... keys) {
        return new SecretsConfiguration().secrets(new SecretSettings(List.of(keys)), database, data, store);
    }

    private Path file() {
        return data.path().resolve("secret-keys");
    }

    @Test
    void theFirstStartMakesAFileThatOnlyItsOwnerMayRead() throws Exception {
        var sealed = start(EMBEDDED).sealText("row", "secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(start(EMBEDDED).openText("row", sealed)).isEqualTo("secret");
    }

    @Test
    void ofManyWhoStartAtOnceOneMakesTheKey() throws Exception {
        Callable<SealingKeys> start = () -> KeyFile.in(data).readOrMake();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var keys = threads.invokeAll(
                    IntStream.range(0, 20).mapToObj(_ -> start).toList());
            for (var each : keys)
                assertThat(each.resultNow().newest().id())
                        .isEqualTo(KeyFile.in(data).read().newest().id());
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("secret-keys"));
        }
    }

    @Test
    void aLostFileIsToldAndNotMadeAnew() throws Exception {
        start(EMBEDDED);
        var noted = store.keyIds().getFirst();
        Files.delete(file());
        assertThatThrownBy(() -> start(EMBEDDED))
                .isInstanceOf(CannotStart.class)
                .hasMessage(
                        "Secrets in the database are sealed with a key that is not there, %s. Put it back into %s: without it they cannot be read."
                                .formatted(noted, file()));
        assertThat(file()).doesNotExist();
        assertThat(store.keyIds()).containsExactly(noted);
    }

    @Test
    void aBrokenFileIsTold() throws Exception {
        Files.writeString(file(), "c2hvcnQ=\n");
        assertThatThrownBy(() -> start(EMBEDDED))
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("The file %s cannot be used: key 1 of 1 has 5 bytes".formatted(file()));
    }

    @Test
    void aKeyFromTheSettingsGoesBeforeThatOfTheFile() {
        var sealed = start(EMBEDDED).sealText("row", "secret");
        var key = SealingKey.draw();
        var after = start(EMBEDDED, key);
        assertThat(after.openText("row", sealed)).isEqualTo("secret");
        assertThat(after.sealText("row", "secret")).contains(SealingKey.of(key).id());
    }

    @Test
    void anExternalDatabaseNeedsAKey() {
        assertThatThrownBy(() -> start(EXTERNAL))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("KONTOR_SECRETS_KEYS");
        assertThat(file()).doesNotExist();
        assertThat(store.keyIds()).isEmpty();
    }

    @Test
    void aMissingOlderKeyIsTold() {
        var older = SealingKey.draw();
        start(EXTERNAL, older);
        var newer = SealingKey.draw();
        assertThatThrownBy(() -> start(EXTERNAL, newer))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining(SealingKey.of(older).id())
                .hasMessageContaining("behind the newest in KONTOR_SECRETS_KEYS");
        start(EXTERNAL, newer, older);
    }
}
