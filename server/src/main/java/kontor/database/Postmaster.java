package kontor.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL's main process. */
record Postmaster(ProcessHandle process) {
    private static final Logger log = LoggerFactory.getLogger(Postmaster.class);

    /** Fast: ends the sessions, writes a checkpoint. Immediate: leaves the rest to recovery at the next start. */
    private enum Stop {
        FAST("INT", Duration.ofSeconds(60)),
        IMMEDIATE("QUIT", Duration.ofSeconds(10)),
        KILL("KILL", Duration.ofSeconds(10));

        final String signal;
        final Duration patience;

        Stop(String signal, Duration patience) {
            this.signal = signal;
            this.patience = patience;
        }
    }

    /**
     * The one that works on this folder, left behind by a Kontor that was killed. The process id in the file proves
     * nothing: it may long belong to another program.
     */
    static Optional<Postmaster> on(PostgresFolder folder) {
        return named(folder)
                .filter(process -> worksIn(process, folder.cluster()))
                .map(Postmaster::new);
    }

    /** Removes a process id that now belongs to another program: for its sake PostgreSQL would refuse to start. */
    static void forgetStranger(PostgresFolder folder) throws IOException {
        if (named(folder).isPresent() && on(folder).isEmpty()) Files.deleteIfExists(folder.postmasterPath());
    }

    private static Optional<ProcessHandle> named(PostgresFolder folder) {
        var lines = folder.postmasterFile();
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,18}")) return Optional.empty();
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(ProcessHandle::isAlive);
    }

    private static boolean worksIn(ProcessHandle process, Path cluster) {
        var link = Path.of("/proc", Long.toString(process.pid()), "cwd");
        try {
            if (Files.isDirectory(Path.of("/proc/self")))
                return Files.readSymbolicLink(link).equals(cluster.toRealPath());
        } catch (IOException e) {
            return false; // it ended, or belongs to somebody else, who cannot have opened our folder
        }
        return process.info().command().orElse("").contains("postgres");
    }

    /** Returns when it is gone. */
    void stop() {
        for (var way : Stop.values()) {
            if (!process.isAlive()) return;
            try {
                if (ended(way)) return;
                log.warn(
                        "PostgreSQL (process {}) has not stopped {} s after {}",
                        process.pid(),
                        way.patience.toSeconds(),
                        way);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException | IOException e) {
                throw new IllegalStateException(
                        "PostgreSQL (process %d) cannot be stopped".formatted(process.pid()), e);
            }
        }
    }

    /**
     * Asks again every second: a process that has just been started does not listen yet, and ignores an interrupt when
     * Kontor itself was started by a script in the background.
     *
     * @return whether it has ended in the time that this way may take
     */
    private boolean ended(Stop way) throws IOException, InterruptedException, ExecutionException {
        for (var second = 0; second < way.patience.toSeconds(); second++) {
            signal(way.signal);
            try {
                process.onExit().get(1, TimeUnit.SECONDS);
                return true;
            } catch (TimeoutException e) {
                // busy, or it has not heard
            }
        }
        return false;
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder(List.of("sh", "-c", "kill -" + name + " " + process.pid()))
                .start()
                .waitFor();
    }
}
