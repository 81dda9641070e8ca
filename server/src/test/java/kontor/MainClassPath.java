package kontor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /**
     * The same with a few of the tests' classes.
     *
     * @param names how their files begin, below the root of all packages
     */
    public static String with(String... names) throws IOException {
        var classes = Path.of("target", "test-classes");
        var few = Files.createTempDirectory(Path.of("target"), "few-classes");
        try (var files = Files.walk(classes)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                if (Arrays.stream(names).noneMatch(name::startsWith)) continue;
                var copy = few.resolve(name);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        return few + File.pathSeparator + text();
    }
}
