package kontor.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** The folder of one installation, {@code kontor.data}: the embedded database, and secrets. Only its owner may enter. */
public record DataFolder(Path path) {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** @throws CannotStart when the folder cannot be made or written to */
    public static DataFolder at(Path path) {
        try {
            Files.createDirectories(path.toAbsolutePath());
            var folder = new DataFolder(path.toRealPath());
            if (POSIX) Files.setPosixFilePermissions(folder.path, PosixFilePermissions.fromString("rwx------"));
            return folder;
        } catch (IOException e) {
            throw new CannotStart(
                    "The data folder %s cannot be used: %s. Choose another with --data."
                            .formatted(path.toAbsolutePath(), e),
                    e);
        }
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
        var parent = file.toAbsolutePath().getParent();
        if (parent == null) throw new IOException(file + " is not a file in a folder");
        var draft = parent.resolve(file.getFileName() + "." + UUID.randomUUID() + ".new");
        try (var channel = FileChannel.open(draft, Set.of(CREATE_NEW, WRITE), readableByOwner("rw-------"))) {
            var bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        move(draft, file);
    }

    /** Renames within a folder, and returns when the new name would survive a power cut. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        var parent = to.toAbsolutePath().getParent();
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
