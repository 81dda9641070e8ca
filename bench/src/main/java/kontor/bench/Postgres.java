package kontor.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The embedded PostgreSQL of a running Kontor, reached past Kontor: in the same database, as one of its roles. */
final class Postgres {
    private static final List<String> TELLING = List.of(
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "data_checksums",
            "wal_level",
            "shared_buffers",
            "max_wal_size",
            "checkpoint_timeout");

    private final Path folder;
    private final int port;
    private final Properties passwords = new Properties();

    private Postgres(Path folder) throws IOException {
        this.folder = folder;
        port = Integer.parseInt(Files.readString(folder.resolve("port")).strip());
        try (var file = Files.newBufferedReader(folder.resolve("passwords"))) {
            passwords.load(file);
        }
    }

    /** @param data the folder of a Kontor that is running */
    static Postgres of(Path data) {
        try {
            return new Postgres(data.resolve("postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Who works with the tables: Kontor itself, and the reference. */
    Connection app() throws SQLException {
        return connect("kontor_app", "app");
    }

    /** Who owns the tables. */
    Connection owner() throws SQLException {
        return connect("kontor_owner", "owner");
    }

    /** The superuser. */
    Connection admin() throws SQLException {
        return connect("kontor_admin", "admin");
    }

    private Connection connect(String role, String password) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", passwords.getProperty(password));
        properties.setProperty("ApplicationName", "kontor bench");
        properties.setProperty("prepareThreshold", "1");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/kontor", properties);
    }

    int port() {
        return port;
    }

    String appPassword() {
        return passwords.getProperty("app");
    }

    /** Writes out what is dirty now, so that no checkpoint falls into what is measured next. */
    void checkpoint() throws SQLException {
        try (var connection = admin();
                var statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    /** The settings that decide how fast it can be. */
    Map<String, String> settings() throws SQLException {
        var settings = new LinkedHashMap<String, String>();
        try (var connection = app();
                var statement = connection.createStatement()) {
            for (var name : TELLING) {
                try (var row = statement.executeQuery("SHOW " + name)) {
                    row.next();
                    settings.put(name, row.getString(1));
                }
            }
        }
        return settings;
    }

    /** The process id of its main process, whose children the others are. */
    long pid() {
        try {
            return Long.parseLong(Files.readAllLines(folder.resolve("18/postmaster.pid"))
                    .getFirst()
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
