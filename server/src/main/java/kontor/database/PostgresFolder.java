package kontor.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the embedded PostgreSQL keeps what: {@code <data>/postgres}. */
record PostgresFolder(Path path) {
    static PostgresFolder in(DataFolder data) {
        return new PostgresFolder(data.folder("postgres"));
    }

    /** The cluster. The name carries the major version, because another one cannot read it. */
    Path cluster() {
        return path.resolve("18");
    }

    Path configuration() {
        return path.resolve("postgresql.conf");
    }

    Path access() {
        return path.resolve("pg_hba.conf");
    }

    /** What PostgreSQL says before its own log begins. */
    Path startLog() {
        return path.resolve("start.log");
    }

    PostgresPasswords passwords() {
        try {
            return PostgresPasswords.in(path.resolve("passwords"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Integer> keptPort() {
        try {
            var kept = Files.readString(path.resolve("port")).strip();
            return kept.matches("\\d{1,5}") ? Optional.of(Integer.valueOf(kept)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of last time if nobody has taken it since, else a free one; kept for whoever looks for the database. */
    int choosePort() {
        var port = keptPort().filter(PostgresFolder::isFree).orElseGet(PostgresFolder::anyFree);
        try {
            DataFolder.write(path.resolve("port"), port + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return port;
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int anyFree() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of {@code postmaster.pid}: process id first, "ready" in the eighth once connections are welcome. */
    List<String> postmasterFile() {
        try {
            return Files.readAllLines(postmasterPath());
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path postmasterPath() {
        return cluster().resolve("postmaster.pid");
    }
}
