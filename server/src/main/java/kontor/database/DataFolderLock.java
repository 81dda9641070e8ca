package kontor.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One Kontor for one data folder. The operating system lets go of the lock when its holder dies, however it dies. */
final class DataFolderLock implements AutoCloseable {
    /**
     * Closing any channel to a locked file drops the lock of the whole process, so a second try from within this
     * process must be refused before the file is opened.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DataFolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** @throws DataFolderInUse when another Kontor, here or in another process, has it */
    static DataFolderLock take(DataFolder folder) {
        var file = folder.path().resolve("lock");
        if (!HELD_HERE.add(file))
            throw new DataFolderInUse(folder, ProcessHandle.current().pid());
        try {
            var channel = lock(file);
            if (channel != null) return new DataFolderLock(file, channel);
            HELD_HERE.remove(file);
            throw new DataFolderInUse(folder, holder(file));
        } catch (IOException e) {
            HELD_HERE.remove(file);
            throw new CannotStart("The data folder %s cannot be locked: %s".formatted(folder.path(), e), e);
        }
    }

    private static @Nullable FileChannel lock(Path file) throws IOException {
        var channel = FileChannel.open(file, CREATE, READ, WRITE);
        var locked = false;
        try {
            locked = channel.tryLock() != null;
            if (!locked) return null;
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)));
            return channel;
        } finally {
            if (!locked) channel.close();
        }
    }

    /** The process that wrote itself into the lock file, 0 when it has not come to that yet. */
    private static long holder(Path file) throws IOException {
        var written = Files.readString(file).strip();
        return written.matches("\\d{1,18}") ? Long.parseLong(written) : 0;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the process still holds it then, and gives it back when it ends
        } finally {
            HELD_HERE.remove(file);
        }
    }
}
