package kontor.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A body that lies on disk, to be known as a whole before anything is made of it. Its file is in the folder for temporary
 * files ({@code java.io.tmpdir}) and has no name any more, so that nothing is left of it after this is closed, nor when the
 * server is killed before.
 */
public final class ReceivedFile implements AutoCloseable {
    private final FileChannel content;
    private final String sha256;

    private ReceivedFile(FileChannel content, String sha256) {
        this.content = content;
        this.sha256 = sha256;
    }

    /** @throws IOException when it cannot be received to its end; nothing stays on disk */
    public static ReceivedFile of(InputStream body) throws IOException {
        return of(body, Path.of(System.getProperty("java.io.tmpdir")));
    }

    static ReceivedFile of(InputStream body, Path folder) throws IOException {
        var digest = sha256Digest();
        var content = nameless(folder);
        try {
            new DigestInputStream(body, digest).transferTo(Channels.newOutputStream(content));
        } catch (IOException | RuntimeException e) {
            content.close();
            throw e;
        }
        return new ReceivedFile(content, HexFormat.of().formatHex(digest.digest()));
    }

    private static FileChannel nameless(Path folder) throws IOException {
        var path = Files.createTempFile(folder, "kontor-received-", "");
        try {
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(path);
        }
    }

    /** From its beginning, each time. */
    public InputStream open() {
        return new Reading();
    }

    /** In hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }

    /** Has a position of its own, and leaves the file open for the next. */
    private final class Reading extends InputStream {
        private long position;

        @Override
        public int read() throws IOException {
            var octet = new byte[1];
            return read(octet, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(octet[0]);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var read = content.read(ByteBuffer.wrap(into, offset, length), position);
            if (read > 0) position += read;
            return read;
        }
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
