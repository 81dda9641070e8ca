package kontor.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A body that lies on disk, to be known as a whole before anything is made of it. Closing it deletes it. */
public final class ReceivedFile implements AutoCloseable {
    private final Path path;
    private final String sha256;

    private ReceivedFile(Path path, String sha256) {
        this.path = path;
        this.sha256 = sha256;
    }

    /** @throws IOException when it cannot be received to its end; nothing stays on disk */
    public static ReceivedFile of(InputStream body) throws IOException {
        var digest = sha256Digest();
        var path = Files.createTempFile("kontor-received-", "");
        try {
            Files.copy(new DigestInputStream(body, digest), path, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            Files.delete(path);
            throw e;
        }
        return new ReceivedFile(path, HexFormat.of().formatHex(digest.digest()));
    }

    public InputStream open() throws IOException {
        return Files.newInputStream(path);
    }

    /** In hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    @Override
    public void close() throws IOException {
        Files.delete(path);
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
