package kontor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * The class path of a server as users have it, for tests that start one as a process of its own. With the tests' own
 * classes it would find their components, too, and those bring the tests' database along.
 */
public final class MainClassPath {
    private static final String WIRING = "kontor/Kontor__ApplicationContextInitializer.class";
    private static final Path CLASSES = Path.of("target", "classes");
    private static final Path CACHE = Path.of("target", "server-under-test.aot");
    private static @Nullable Path jar;
    private static @Nullable List<String> fast;

    private MainClassPath() {}

    public static String text() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("test-classes"))
                .map(entry -> Path.of(entry).endsWith(CLASSES) ? jar().toString() : entry)
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
        for (var file : filesIn(classes)) {
            var name = nameIn(classes, file);
            if (Arrays.stream(names).noneMatch(name::startsWith)) continue;
            var copy = few.resolve(name);
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
        return text() + File.pathSeparator + few; // last, so that what was learned at a rehearsal still fits
    }

    /**
     * Options of Java with which a server on this class path starts as fast as the launcher's does: it was rehearsed, and its
     * wiring decided when it was built. The first call rehearses, which is worth it for a test that starts many.
     */
    public static synchronized List<String> fastStart() throws IOException, InterruptedException {
        if (fast != null) return fast;
        var options = new ArrayList<String>();
        if (isWired()) options.add("-Dspring.aot.enabled=true");
        var data = Files.createTempDirectory(Path.of("target"), "rehearsal");
        var command = new ArrayList<>(List.of(
                java(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:AOTCacheOutput=" + CACHE, "-Xlog:aot*=off,cds*=off"));
        command.addAll(options);
        command.addAll(List.of("-cp", text(), "kontor.Kontor", "rehearse", "--kontor.data=" + data));
        var log = Path.of("target", "rehearsal-of-tests.log");
        var rehearsal = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!rehearsal.waitFor(5, TimeUnit.MINUTES) || rehearsal.exitValue() != 0) {
            rehearsal.destroyForcibly();
            throw new AssertionError("the rehearsal failed, see " + log);
        }
        options.addAll(List.of("-XX:AOTCache=" + CACHE, "-Xlog:aot*=off,cds*=off"));
        fast = List.copyOf(options);
        return fast;
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Whether the build has decided the wiring, and of these classes and not of earlier ones. */
    private static boolean isWired() throws IOException {
        var wiring = CLASSES.resolve(WIRING);
        if (!Files.exists(wiring)) return false;
        var decided = Files.getLastModifiedTime(wiring);
        for (var file : filesIn(CLASSES)) {
            if (file.toString().endsWith(".class")
                    && Files.getLastModifiedTime(file).compareTo(decided) > 0) return false;
        }
        return true;
    }

    /** Java learns nothing about classes in folders. */
    private static synchronized Path jar() {
        if (jar != null) return jar;
        var made = Path.of("target", "server-under-test.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(made))) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (var each : everythingIn(CLASSES)) {
                var folder = Files.isDirectory(each); // an entry of its own, or no components are found in it
                out.putNextEntry(new JarEntry(nameIn(CLASSES, each) + (folder ? "/" : "")));
                if (!folder) Files.copy(each, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jar = made.toAbsolutePath();
        return jar;
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        return everythingIn(folder).stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> everythingIn(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(each -> !each.equals(folder)).sorted().toList();
        }
    }

    private static String nameIn(Path folder, Path file) {
        return folder.relativize(file).toString().replace(File.separatorChar, '/');
    }
}
