package kontor.database;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * The embedded PostgreSQL's passwords, drawn once and kept in a file that only its owner may read.
 *
 * @param admin of the superuser, who makes the roles and the database and does nothing else
 * @param owner of {@code kontor_owner}, who owns the tables
 * @param app of {@code kontor_app}, who works with them
 */
record PostgresPasswords(String admin, String owner, String app) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static PostgresPasswords in(Path file) throws IOException {
        try {
            var kept = new Properties();
            kept.load(new StringReader(Files.readString(file)));
            return new PostgresPasswords(kept(kept, "admin"), kept(kept, "owner"), kept(kept, "app"));
        } catch (NoSuchFileException e) {
            var drawn = new PostgresPasswords(draw(), draw(), draw());
            DataFolder.write(file, "admin=%s%nowner=%s%napp=%s%n".formatted(drawn.admin(), drawn.owner(), drawn.app()));
            return drawn;
        }
    }

    private static String kept(Properties kept, String role) throws IOException {
        var password = kept.getProperty(role);
        if (password == null) throw new IOException("The file with PostgreSQL's passwords has none for " + role);
        return password;
    }

    private static String draw() {
        var bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "PostgresPasswords[hidden]";
    }
}
