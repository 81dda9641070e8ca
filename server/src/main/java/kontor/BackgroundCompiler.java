package kontor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the optimizing just-in-time compiler wait its turn. After a start it has ten seconds of work to do, and on two
 * cores it would do it instead of the requests: the server would start slower and answer half as many of the first ones.
 * With a lower priority it takes the time that nobody else wants.
 *
 * <p>Linux has priorities for threads, and Java has no word for them; where there is no {@code renice}, nothing changes.
 */
final class BackgroundCompiler {
    private static final Logger log = LoggerFactory.getLogger(BackgroundCompiler.class);
    private static final Path THREADS = Path.of("/proc/self/task");
    /** What the kernel knows of the name "C2 CompilerThread0": 15 characters. */
    private static final String NAME = "C2 CompilerThre";
    /** A tenth of an ordinary thread's share when both have work. */
    private static final int NICENESS = 10;

    private BackgroundCompiler() {}

    /** Returns at once; the compiler is asked in the background. */
    static void giveWay() {
        Thread.ofPlatform().name("background-compiler").daemon().start(BackgroundCompiler::renice);
    }

    private static void renice() {
        try (var threads = Files.newDirectoryStream(THREADS)) {
            for (var thread : threads)
                if (isCompiler(thread)) renice(thread.getFileName().toString());
        } catch (IOException e) {
            log.debug("The compiler keeps its priority", e);
        }
    }

    private static boolean isCompiler(Path thread) throws IOException {
        return Files.readString(thread.resolve("comm")).startsWith(NAME);
    }

    private static void renice(String thread) throws IOException {
        new ProcessBuilder(List.of("renice", "-n", Integer.toString(NICENESS), "-p", thread))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
