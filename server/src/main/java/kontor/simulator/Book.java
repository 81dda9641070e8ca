package kontor.simulator;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The truth on disk: JSON lines, only ever appended to. A step is answered after its line has reached the disk; all
 * lines that have come in while the disk was busy share the next sync. A line torn by a crash was never answered for,
 * and is cut off at the next start.
 */
final class Book implements Closeable {
    private static final int NEWLINE = '\n';

    private final Path path;
    private final FileChannel file;
    private final FileChannel lockFile;
    private final Thread writer = Thread.ofPlatform().name("book").daemon().unstarted(this::writeBatches);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private Batch next = new Batch();
    private long end;
    private boolean closed;
    private @Nullable IOException failure;
    /** The last batch that somebody waits for. */
    private volatile Batch lastAwaited = Batch.WRITTEN;

    private Book(Path path, FileChannel file, FileChannel lockFile) {
        this.path = path;
        this.file = file;
        this.lockFile = lockFile;
    }

    /** @throws IOException with a sentence, when the folder cannot be used or another simulator uses it */
    static Book open(Path folder) throws IOException {
        Files.createDirectories(folder);
        var lockFile =
                FileChannel.open(folder.resolve("book.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (!isLocked(lockFile)) throw new IOException("another simulator keeps its book in " + folder);
            var path = folder.resolve("book.jsonl");
            var file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true); // a new file is only there after a crash when its folder says so
            }
            return new Book(path, file, lockFile);
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static boolean isLocked(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // a simulator in this very process
        }
    }

    /** A line as it was found. */
    @SuppressWarnings("ArrayRecordComponent") // handed over and read, never compared
    record Found(Line line, byte[] bytes, long start) {
        /** One of its objects; {@code null} when it has none of that name. */
        byte @Nullable [] object(String name) {
            var span = line.objects().get(name);
            if (span == null) return null;
            var from = (int) (span.offset() - start);
            return Arrays.copyOfRange(bytes, from, from + span.length());
        }
    }

    /**
     * Reads what is there, then begins to write. To be called once, before anything else.
     *
     * @param reader hears every line, in order
     * @throws IOException when a line in the middle is damaged
     */
    void begin(Consumer<Found> reader) throws IOException {
        end = replay(reader);
        file.truncate(end);
        file.force(true);
        writer.start();
    }

    /** @return where the last whole line ends */
    private long replay(Consumer<Found> reader) throws IOException {
        try (var in = new BufferedInputStream(Files.newInputStream(path), 1 << 20)) {
            var start = 0L;
            var firstDamaged = -1L;
            for (byte[] bytes; (bytes = readLine(in)) != null; start += bytes.length + 1) {
                var line = parse(bytes);
                if (line == null) {
                    if (firstDamaged < 0) firstDamaged = start;
                } else if (firstDamaged >= 0) {
                    throw new IOException(path + " is damaged at byte " + firstDamaged + ", with good lines after it");
                } else {
                    reader.accept(new Found(line.movedBy(start), bytes, start));
                }
            }
            return firstDamaged >= 0 ? firstDamaged : start;
        }
    }

    private static @Nullable Line parse(byte[] bytes) {
        try {
            return Line.read(bytes);
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** @return without its line end; {@code null} at the end of the book, also when that is reached within a line */
    private static byte @Nullable [] readLine(BufferedInputStream in) throws IOException {
        var line = new ByteArrayOutputStream(4096);
        for (int b; (b = in.read()) >= 0; line.write(b)) {
            if (b == NEWLINE) return line.toByteArray();
        }
        return null;
    }

    /** @param reader hears every line written so far, in order */
    void forEach(Consumer<Found> reader) throws IOException {
        awaitDurable();
        long whole;
        lock.lock();
        try {
            whole = end;
        } finally {
            lock.unlock();
        }
        try (var in = new BufferedInputStream(Files.newInputStream(path), 1 << 20)) {
            var start = 0L;
            for (byte[] bytes; start < whole && (bytes = readLine(in)) != null; start += bytes.length + 1) {
                var line = parse(bytes);
                if (line != null) reader.accept(new Found(line.movedBy(start), bytes, start));
            }
        }
    }

    /** Where a line begins, and the batch it is written with. */
    record Place(long offset, Batch batch) {
        /** Returns when the line, and all before it, survive a crash. */
        void awaitDurable() {
            batch.await();
        }
    }

    /** Takes a line over, in the order of the calls; it is on disk after {@link Place#awaitDurable}. */
    Place append(byte[] line) {
        return append(line, true);
    }

    /** Takes over a line whose loss does no harm: it is written, and reaches the disk with the next one that matters. */
    void mention(byte[] line) {
        append(line, false);
    }

    private Place append(byte[] line, boolean awaited) {
        lock.lock();
        try {
            if (failure != null) throw new UncheckedIOException(failure);
            if (closed) throw new UncheckedIOException(new IOException("the book is closed"));
            var offset = end;
            end += line.length + 1;
            next.lines.add(line);
            if (awaited && !next.awaited) {
                next.awaited = true;
                lastAwaited = next;
            }
            if (next.lines.size() == 1) arrived.signal();
            return new Place(offset, next);
        } finally {
            lock.unlock();
        }
    }

    /** Returns when everything that was executed before this call survives a crash: what is shown must stay true. */
    void awaitDurable() {
        lastAwaited.await();
    }

    /** The bytes of something already written. */
    byte[] read(Span span) {
        var bytes = ByteBuffer.allocate(span.length());
        try {
            while (bytes.hasRemaining()) {
                if (file.read(bytes, span.offset() + bytes.position()) < 0) throw new IOException("beyond the end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.array();
    }

    private void writeBatches() {
        for (Batch batch; (batch = takeBatch()) != null; ) {
            try {
                write(batch);
                batch.done.countDown();
            } catch (IOException e) {
                fail(batch, e);
                return;
            }
        }
    }

    private @Nullable Batch takeBatch() {
        lock.lock();
        try {
            while (next.lines.isEmpty()) {
                if (closed) return null;
                arrived.awaitUninterruptibly();
            }
            var batch = next;
            next = new Batch();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void write(Batch batch) throws IOException {
        var length = batch.lines.stream().mapToInt(line -> line.length + 1).sum();
        var bytes = ByteBuffer.allocate(length);
        for (var line : batch.lines) bytes.put(line).put((byte) NEWLINE);
        bytes.flip();
        // Positions were given out in order, so the file always ends where this batch begins.
        for (var position = file.size(); bytes.hasRemaining(); ) position += file.write(bytes, position);
        if (batch.awaited) file.force(false);
    }

    /** After a failed write or sync nobody knows what is on disk: nothing is answered any more. */
    private void fail(Batch batch, IOException e) {
        lock.lock();
        try {
            failure = e;
            for (var lost : List.of(batch, next)) {
                lost.failure = e;
                lost.done.countDown();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes out what has been taken over. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (writer.isAlive()) writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
        lockFile.close();
    }

    /** Lines that share one sync. */
    static final class Batch {
        static final Batch WRITTEN = new Batch();

        static {
            WRITTEN.done.countDown();
        }

        private final List<byte[]> lines = new ArrayList<>();
        private final CountDownLatch done = new CountDownLatch(1);
        private boolean awaited;
        private @Nullable IOException failure;

        private void await() {
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new IOException("interrupted while waiting for the disk", e));
            }
            if (failure != null) throw new UncheckedIOException(failure);
        }
    }
}
