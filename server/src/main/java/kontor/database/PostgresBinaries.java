package kontor.database;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once for every version from the archive that Kontor carries along. */
final class PostgresBinaries {
    /** The version in the archive. */
    static final String VERSION = "18.6";

    private static final String NAME = "postgres-" + VERSION;
    private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

    private PostgresBinaries() {}

    /**
     * The folder with {@code bin}, {@code lib} and {@code share}. Any number of processes may ask at once: each unpacks
     * beside it, and the first to finish gives the folder its name.
     *
     * @param otherwise where to unpack when this user has no home to write to
     */
    static Path unpacked(Path otherwise) {
        var programs = cache().resolve(NAME);
        if (Files.isDirectory(programs)) return programs;
        try {
            unpack(programs);
            return programs;
        } catch (IOException e) {
            return unpackedIn(otherwise, e);
        }
    }

    private static Path unpackedIn(Path folder, IOException why) {
        var programs = folder.resolve(NAME);
        if (Files.isDirectory(programs)) return programs;
        try {
            log.info("That is not possible: {}", why.toString());
            unpack(programs);
            return programs;
        } catch (IOException e) {
            e.addSuppressed(why);
            throw new CannotStart("PostgreSQL cannot be unpacked to %s: %s".formatted(programs, e), e);
        }
    }

    private static Path cache() {
        var home = Path.of(System.getProperty("user.home"), ".cache");
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .orElse(home)
                .resolve("kontor");
    }

    static void unpack(Path programs) throws IOException {
        log.info("Unpacking PostgreSQL {} to {}", VERSION, programs);
        var draft = programs.resolveSibling(programs.getFileName() + ".new-" + UUID.randomUUID());
        Files.createDirectories(draft);
        try {
            try (var archive = new TarArchiveInputStream(new XZInputStream(archive()))) {
                for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                    unpack(entry, archive, draft);
                }
            }
            DataFolder.move(draft, programs);
        } catch (FileAlreadyExistsException e) {
            log.debug("Another process was faster to unpack {}", programs);
        } catch (IOException e) {
            if (!Files.isDirectory(programs)) throw e; // a folder that is not empty cannot be replaced: faster, too
        } finally {
            delete(draft);
        }
    }

    private static InputStream archive() throws IOException {
        var system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        var name = system.contains("mac") ? "Darwin" : system.contains("windows") ? "Windows" : "Linux";
        var archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                name, ArchUtils.normalize(System.getProperty("os.arch")));
        if (archive == null)
            throw new CannotStart("Kontor carries no PostgreSQL for this machine (%s, %s). Name one with KONTOR_DB_URL."
                    .formatted(name, System.getProperty("os.arch")));
        return archive;
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        var target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) throw new IOException("The archive reaches outside: " + entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        var parent = target.getParent();
        if (parent != null) Files.createDirectories(parent);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(target, root.resolve(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            try (var file = FileChannel.open(target, StandardOpenOption.WRITE)) {
                file.force(true); // otherwise a power cut leaves empty programs under the final name
            }
            if ((entry.getMode() & 0100) != 0 && !target.toFile().setExecutable(true))
                throw new IOException(target + " cannot be made executable");
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
