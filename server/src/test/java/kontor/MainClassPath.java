package kontor;

import java.io.File;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The class path of a server as users have it, for tests that start one as a process of its own. With the tests' own
 * classes it would find their components, too, and those bring the tests' database along.
 */
public final class MainClassPath {
    private MainClassPath() {}

    public static String text() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
