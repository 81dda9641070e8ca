package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectTest {
    @TempDir
    private Path folder;

    @Test
    void aCopyIsAsPrivateAsWhatItIsACopyOf() throws IOException {
        var secret = Files.createDirectories(folder.resolve("data/postgres")).resolve("passwords");
        Files.writeString(secret, "app=secret");
        Files.setPosixFilePermissions(secret.getParent(), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

        Project.copy(folder.resolve("data"), folder.resolve("twin"));

        var copy = folder.resolve("twin/postgres/passwords");
        assertThat(copy).hasContent("app=secret");
        assertThat(Files.getPosixFilePermissions(copy)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(copy.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
}
