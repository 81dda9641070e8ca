package kontor.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The folder that this program was built in. */
record Project(Path root) {
    static Project own() {
        try {
            var classes = Path.of(Bench.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (var folder = classes; folder != null; folder = folder.getParent())
                if (Files.isRegularFile(folder.resolve("kontor"))) return new Project(folder);
            throw new IllegalStateException("There is no launcher above " + classes);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Path launcher() {
        return root.resolve("kontor");
    }

    Path results() {
        return root.resolve("bench/results");
    }

    /** Where what is only of use during the run is put. */
    Path scratch() {
        try {
            return Files.createDirectories(root.resolve("bench/target/run"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The commit that is measured, short; with {@code -changed} when files differ from it, {@code unknown} outside of git. */
    String commit() {
        var commit = git("rev-parse", "--short=10", "HEAD");
        if (commit.isEmpty()) return "unknown";
        // What earlier runs have left behind is no change of what is measured.
        return git("status", "--porcelain", "--", ".", ":!bench/results").isEmpty() ? commit : commit + "-changed";
    }

    private String git(String... arguments) {
        var command = new java.util.ArrayList<>(List.of("git", "-C", root.toString()));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : "";
        } catch (IOException e) {
            return ""; // no git here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Copies a folder with all that is in it, to a place where nothing is yet; owners and permissions stay. */
    static void copy(Path folder, Path to) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : (Iterable<Path>) files::iterator)
                Files.copy(
                        file,
                        to.resolve(folder.relativize(file)),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Removes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
