package kontor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./kontor} builds, and when: in a project of its own, with a Maven and a Java that only note what they are told. */
class LauncherTest {
    private static final String STALE = "server/target/classes/db/migration/V1__renamed.sql";

    @TempDir
    private Path root;

    @BeforeEach
    void project() throws IOException {
        program("kontor", Files.readString(Path.of("..", "kontor")));
        write("server/src/main/Some.java", "");
        write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n");
        program("jdk/bin/javac", "#!/bin/sh\n");
        program("jdk/bin/java", """
                #!/bin/sh
                case "$*" in
                    *jarmode*) while [ "$1" != --destination ]; do shift; done; mkdir -p "$2"; touch "$2/kontor-server-1.jar" ;;
                    *rehearse*) env >"%1$s/rehearsal" ;;
                    *) echo "started" ;;
                esac
                """.formatted(root));
        program("bin/mvn", """
                #!/bin/sh
                echo "$*" >>"%1$s/builds"
                mkdir -p "%1$s/server/target/classes"
                touch "%1$s/server/target/kontor-server-1-exec.jar"
                """.formatted(root));
        write(STALE, "");
    }

    private void write(String name, String content) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void program(String name, String content) throws IOException {
        write(name, content);
        Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString("rwx------"));
    }

    private void touch(String name) throws IOException {
        // Later than anything built so far, whatever the clock of the file system can tell apart.
        Files.setLastModifiedTime(
                root.resolve(name), FileTime.from(Instant.now().plusSeconds(2)));
    }

    /** @return what it says on both channels */
    private String kontor(String... command) throws Exception {
        var builder = new ProcessBuilder(root.resolve("kontor").toString());
        builder.command().addAll(List.of(command));
        builder.environment()
                .putAll(Map.of(
                        "JAVA_HOME", root.resolve("jdk").toString(),
                        "PATH", root.resolve("bin") + ":" + System.getenv("PATH"),
                        "LANG", "de_AT.UTF-8",
                        "LC_ALL", "C.UTF-8",
                        "KONTOR_DB_URL", "jdbc:postgresql://real/shop"));
        var process = builder.redirectErrorStream(true).start();
        process.outputWriter().close();
        try (var output = process.inputReader()) {
            var said = String.join("\n", output.readAllLines());
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        }
    }

    private int builds() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }

    @Test
    void aBuildForgetsWhatARemovedSourceHasLeft() throws Exception {
        assertThat(kontor("start")).endsWith("started");
        assertThat(root.resolve(STALE)).doesNotExist();
    }

    @Test
    void theTestsForgetItTooAndOtherwiseKeepWhatIsCompiled() throws Exception {
        kontor("test");
        assertThat(root.resolve(STALE)).doesNotExist();
        write("server/target/classes/Some.class", "");
        kontor("test");
        assertThat(root.resolve("server/target/classes/Some.class")).exists();
        touch("server/src/main");
        kontor("test");
        assertThat(root.resolve("server/target/classes/Some.class")).doesNotExist();
    }

    @Test
    void buildsAgainWhenTheLauncherItselfHasChanged() throws Exception {
        kontor("start");
        kontor("start");
        assertThat(builds()).isEqualTo(1);
        touch("kontor");
        kontor("start");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void rehearsesInTheLanguageOfTheTerminalAndKnowsNoDatabase() throws Exception {
        kontor("start");
        assertThat(root.resolve("rehearsal"))
                .content()
                .contains("LANG=de_AT.UTF-8", "LC_ALL=C.UTF-8")
                .doesNotContain("KONTOR_DB_URL");
    }

    @Test
    void tortureIsTheSameTestsWithLargerNumbers() throws Exception {
        kontor("torture", "--cycles", "7", "--seeds=20");
        assertThat(root.resolve("builds"))
                .content()
                .contains("KillingUnderLoadTest", "-Dkontor.torture.cycles=7", "-Dkontor.torture.seeds=20")
                .doesNotContain("-Dkontor.torture.seed=");
    }

    @Test
    void tortureRepeatsOneSeedAlone() throws Exception {
        kontor("torture", "--seed", "4711");
        assertThat(root.resolve("builds"))
                .content()
                .contains("-Dtest=SimulatingPaymentsTest ", "-Dkontor.torture.seed=4711");
    }
}
