package kontor.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded PostgreSQL: a process of its own on the data folder, durable, reached from this machine only. When it
 * dies it is started again on the same port, until it is closed.
 */
final class PostgresServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
    /** Bound for the recovery after a crash: replaying the log between two checkpoints takes minutes at worst. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** Never up for discussion: what was confirmed survives a power cut. */
    private static final List<String> DURABLE =
            List.of("-c", "fsync=on", "-c", "full_page_writes=on", "-c", "synchronous_commit=on");

    private static final Path NOWHERE = Path.of("/dev/null");

    private final PostgresFolder folder;
    private final DataFolderLock lock;
    private final Path programs;
    private final Map<String, String> settings;
    private final ReentrantLock turn = new ReentrantLock();
    private int port;
    private @Nullable Process process;
    private volatile boolean closed;

    private PostgresServer(DataFolder data, DataFolderLock lock, Map<String, String> settings) {
        this.lock = lock;
        this.settings = settings;
        folder = PostgresFolder.in(data);
        programs = PostgresBinaries.unpacked(folder.path());
    }

    /**
     * Starts it, on a new cluster when there is none. Whoever still runs on the folder is left over from a Kontor that
     * was killed, because the lock is ours; it is stopped first.
     *
     * @throws DataFolderInUse when another Kontor has the folder
     * @throws CannotStart when PostgreSQL cannot run here
     */
    static PostgresServer start(DataFolder data, Map<String, String> settings) {
        var lock = DataFolderLock.take(data);
        try {
            var server = new PostgresServer(data, lock, settings);
            server.start();
            return server;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    Connector connector() {
        return new Connector(port, folder.passwords());
    }

    private void start() {
        try {
            clearOrphan();
            if (!Files.isDirectory(folder.cluster())) createCluster();
            writeConfiguration();
            launchOnSomePort();
            connector().createRolesAndDatabase();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private void clearOrphan() throws IOException {
        var orphan = Postmaster.on(folder);
        if (orphan.isPresent()) {
            log.info(
                    "Stopping the PostgreSQL (process {}) that a killed Kontor left behind",
                    orphan.get().process().pid());
            orphan.get().stop();
        }
        Postmaster.forgetStranger(folder);
    }

    /** Makes the cluster under another name first: a half-made one is never taken for a whole one. */
    private void createCluster() throws IOException {
        log.info("Creating the database in {}", folder.cluster());
        var draft = folder.path().resolve("new");
        PostgresBinaries.delete(draft);
        var password = folder.path().resolve("new-password");
        DataFolder.write(password, folder.passwords().admin());
        try {
            var initdb = run(List.of(
                    programs.resolve("bin/initdb").toString(),
                    "--pgdata=" + draft,
                    "--username=" + Connector.ADMIN,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--set=scram_iterations=1", // see postgresql.conf
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--data-checksums",
                    "--no-instructions"));
            if (!initdb.waitFor(5, TimeUnit.MINUTES) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw new CannotStart("PostgreSQL cannot create its files: " + why());
            }
            DataFolder.move(draft, folder.cluster());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.deleteIfExists(password);
        }
    }

    private void writeConfiguration() throws IOException {
        DataFolder.write(folder.access(), "host all all 127.0.0.1/32 scram-sha-256\n");
        DataFolder.write(folder.configuration(), configuration());
    }

    private String configuration() throws IOException {
        try (var defaults = PostgresServer.class.getResourceAsStream("postgresql.conf")) {
            if (defaults == null) throw new IOException("postgresql.conf is not on the class path");
            return new String(defaults.readAllBytes(), UTF_8) + settingLines(settings);
        }
    }

    static String settingLines(Map<String, String> settings) {
        var lines = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) ->
                        lines.append("\n%s = '%s'\n".formatted(settingName(name), value.replace("'", "''"))));
        return lines.toString();
    }

    /** An environment variable turns {@code shared_buffers} into {@code shared.buffers}. */
    private static String settingName(String name) {
        var setting = name.replace('.', '_').replace('-', '_');
        if (!setting.matches("[a-z_]+"))
            throw new CannotStart("kontor.db.postgres.%s is not a setting of PostgreSQL.".formatted(name));
        if (DURABLE.stream().anyMatch(durable -> durable.startsWith(setting + "=")))
            throw new CannotStart("kontor.db.postgres.%s is always on.".formatted(name));
        return setting;
    }

    private void launchOnSomePort() {
        for (var attempt = 1; ; attempt++) {
            port = folder.choosePort(); // another program may take it before PostgreSQL does
            try {
                launch();
                return;
            } catch (CannotStart e) {
                if (attempt == 10 || !passes(said())) throw e;
                log.info("PostgreSQL did not start, trying again: {}", e.getMessage());
                pause(Duration.ofMillis(200));
            }
        }
    }

    /** True for an obstacle that goes away: a port taken a moment ago, the last processes of a killed predecessor. */
    private static boolean passes(String said) {
        return said.contains("could not bind") || said.contains("still in use");
    }

    private void launch() {
        Process started;
        turn.lock();
        try {
            if (closed) return;
            var command = new ArrayList<>(List.of(
                    programs.resolve("bin/postgres").toString(),
                    "-D",
                    folder.cluster().toString(),
                    "-c",
                    "config_file=" + folder.configuration(),
                    "-c",
                    "hba_file=" + folder.access(),
                    "-c",
                    "port=" + port));
            command.addAll(DURABLE);
            started = run(command);
            process = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            turn.unlock();
        }
        awaitReady(started);
        Thread.ofVirtual().name("postgres-watch").start(() -> {
            started.onExit().join();
            restart();
        });
    }

    private void awaitReady(Process started) {
        var begun = System.nanoTime();
        for (var said = 1L; started.isAlive(); ) {
            var lines = folder.postmasterFile();
            if (lines.size() >= 8
                    && lines.getFirst().strip().equals(Long.toString(started.pid()))
                    && lines.get(7).strip().equals("ready")) return;
            var waited = Duration.ofNanos(System.nanoTime() - begun);
            if (waited.compareTo(PATIENCE) > 0) break;
            if (waited.toSeconds() >= said * 10) {
                log.info("PostgreSQL is recovering ({} s)", waited.toSeconds());
                said++;
            }
            pause(Duration.ofMillis(10));
        }
        throw new CannotStart("PostgreSQL does not start: " + why());
    }

    private void restart() {
        for (var pause = Duration.ofMillis(100); !closed; pause = longer(pause)) {
            log.warn("PostgreSQL is gone; starting it again");
            try {
                clearOrphan();
                launch();
                return;
            } catch (RuntimeException | IOException e) {
                if (!closed) log.error("PostgreSQL could not be started again", e);
                pause(pause);
            }
        }
    }

    private static Duration longer(Duration pause) {
        return pause.multipliedBy(2).compareTo(Duration.ofSeconds(5)) > 0
                ? Duration.ofSeconds(5)
                : pause.multipliedBy(2);
    }

    /**
     * In a session of its own, so that Ctrl-C reaches Kontor alone, which stops PostgreSQL last. PostgreSQL refuses to
     * run as root; in a user namespace of its own it is nobody in particular and still owns its files.
     */
    private Process run(List<String> command) throws IOException {
        var whole = new ArrayList<String>();
        if (isRoot()) whole.addAll(List.of("unshare", "-U"));
        if (Files.isDirectory(Path.of("/proc/self"))) whole.add("setsid");
        whole.addAll(command);
        var builder = new ProcessBuilder(whole)
                .directory(folder.path().toFile())
                .redirectErrorStream(true)
                .redirectInput(NOWHERE.toFile())
                .redirectOutput(folder.startLog().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        return builder.start();
    }

    private static boolean isRoot() throws IOException {
        var self = Path.of("/proc/self");
        return Files.isDirectory(self) && Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"));
    }

    private String why() {
        var said = said();
        return said.contains("unshare")
                ? "it refuses to be root, and this machine forbids the user namespace in which it would not be (%s)."
                                .formatted(said)
                        + " Run Kontor as an ordinary user, or name a database with KONTOR_DB_URL."
                : said;
    }

    private String said() {
        try {
            var lines = Files.readAllLines(folder.startLog());
            return String.join(" ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return "see " + folder.startLog();
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void stop() {
        Process running;
        turn.lock();
        try {
            closed = true;
            running = process;
        } finally {
            turn.unlock();
        }
        if (running != null) new Postmaster(running.toHandle()).stop();
    }

    @Override
    public void close() {
        try {
            stop();
        } finally {
            lock.close();
        }
    }
}
