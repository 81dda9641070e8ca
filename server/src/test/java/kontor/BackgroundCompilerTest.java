package kontor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BackgroundCompilerTest {
    private static final int COMMAND_IN_STAT = 2;
    private static final int NICENESS_IN_STAT = 19;

    /** A process that lets its compiler give way, and prints what became of its priority and of that of its own thread. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            BackgroundCompiler.giveWay();
            for (var tried = 0; tried < 500 && niceness("C2 Comp") == 0; tried++) Thread.sleep(10);
            System.out.println("compiler " + niceness("C2 Comp") + ", requests " + niceness("java"));
        }

        private static int niceness(String name) throws IOException {
            try (var threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
                for (var thread : threads)
                    if (Files.readString(thread.resolve("comm")).startsWith(name))
                        return niceness(thread.resolve("stat"));
            }
            return -1;
        }

        /** The command stands in parentheses and may have spaces; everything after it has not. */
        private static int niceness(Path stat) throws IOException {
            var line = Files.readString(stat);
            var fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(fields[NICENESS_IN_STAT - COMMAND_IN_STAT - 1]);
        }
    }

    @Test
    void givesWayToTheThreadsThatAnswerRequests() throws Exception {
        var child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectErrorStream(true)
                .start();
        var said = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said.strip()).endsWith("compiler 10, requests 0");
    }
}
