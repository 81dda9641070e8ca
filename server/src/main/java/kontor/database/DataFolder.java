package kontor.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * The folder of one installation, {@code kontor.data}: the embedded database, and secrets. One that Kontor has made only
 * its owner may enter; one that was there keeps its permissions, and what is put into it is closed to others by itself.
 */
public record DataFolder(Path path) {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /**
     * The folder at this path, made when it is not there yet.
     *
     * @throws CannotStart when it cannot be made or read, or holds what is not Kontor's
     */
    public static DataFolder at(Path path) {
        try {
            make(path.toAbsolutePath());
            var folder = new DataFolder(path.toRealPath());
            if (!folder.isEmpty() && !folder.isKontors())
                throw new CannotStart(
                        "The folder %s holds something else than Kontor's data. Choose another with --data."
                                .formatted(folder.path));
            return folder;
        } catch (IOException e) {
            throw new CannotStart(
                    "The data folder %s cannot be used: %s. Choose another with --data."
                            .formatted(path.toAbsolutePath(), e),
                    e);
        }
    }

    private static void make(Path path) throws IOException {
        if (Files.isDirectory(path)) return;
        var parent = path.getParent();
        if (parent != null) Files.createDirectories(parent);
        Files.createDirectory(path, readableByOwner("rwx------"));
    }

    private boolean isEmpty() throws IOException {
        try (var entries = Files.newDirectoryStream(path, entry -> !entry.endsWith("lost+found"))) {
            return !entries.iterator().hasNext();
        }
    }

    /**
     * Whether it holds what is first put into every data folder: by a server, by the simulator, or by the demo, whose
     * secrets may have been cut off as a draft.
     */
    private boolean isKontors() throws IOException {
        if (Files.isRegularFile(path.resolve("lock"))
                || Files.isRegularFile(path.resolve("postgres/passwords"))
                || Files.isRegularFile(path.resolve("simulator/book.lock"))) return true;
        try (var secrets = Files.newDirectoryStream(path, "demo.properties*")) {
            return secrets.iterator().hasNext();
        }
    }

    /** Whether an embedded database has been made in it. */
    public boolean hasDatabase() {
        return Files.isDirectory(new PostgresFolder(path.resolve("postgres")).cluster());
    }

    /** A folder in this one, made when it is not there yet. */
    public Path folder(String name) {
        try {
            return Files.createDirectories(path.resolve(name), readableByOwner("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes a file that only its owner may read, whole or not at all: after a power cut it holds the old content or
     * the new, never half of either.
     */
    public static void write(Path file, String content) throws IOException {
        move(draft(file, content), file);
    }

    /** The same, but leaves the file as it is when there is one: of several who write, the first counts. */
    public static void writeFirst(Path file, String content) throws IOException {
        var draft = draft(file, content);
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // Another was faster.
        } finally {
            Files.delete(draft);
        }
        secureNames(file);
    }

    private static Path draft(Path file, String content) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        if (parent == null) throw new IOException(file + " is not a file in a folder");
        var draft = parent.resolve(file.getFileName() + "." + UUID.randomUUID() + ".new");
        try (var channel = FileChannel.open(draft, Set.of(CREATE_NEW, WRITE), readableByOwner("rw-------"))) {
            var bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        return draft;
    }

    /** Renames within a folder, and returns when the new name would survive a power cut. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        secureNames(to);
    }

    /** Returns when the names of the files beside this one would survive a power cut. */
    private static void secureNames(Path file) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        if (!POSIX || parent == null) return; // elsewhere a folder cannot be opened, nor need it be
        try (var folder = FileChannel.open(parent, READ)) {
            folder.force(true);
        }
    }

    private static FileAttribute<?>[] readableByOwner(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
