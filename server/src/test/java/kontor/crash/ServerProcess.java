package kontor.crash;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kontor.FreePort;
import kontor.MainClassPath;
import org.jspecify.annotations.Nullable;

/** A server as its own process, with the embedded PostgreSQL as another, to be killed. */
public class ServerProcess {
    static final String ADMIN = "admin@example.org";
    static final String PASSWORD = "the admin of the crash test";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path data;
    private final Path log;
    private final int port;
    private final int managementPort;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> settings = new ArrayList<>();
    private boolean startsOften;
    private @Nullable Path armed;
    private @Nullable Process process;

    public ServerProcess(Path data, Path log) {
        this.data = data;
        this.log = log;
        this.port = FreePort.next();
        this.managementPort = FreePort.next();
    }

    public URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI managementAddress(String path) {
        return URI.create("http://127.0.0.1:" + managementPort + path);
    }

    /** @param option as on the command line; for the next start and those after it */
    void with(String option) {
        settings.add(option);
    }

    /** Rehearses before its first start, which makes all starts of it short. */
    ServerProcess startedOften() {
        startsOften = true;
        return this;
    }

    /**
     * A server that can be told where to end.
     *
     * @param file says what it was told last
     */
    ServerProcess halting(Path file) {
        armed = file;
        return this;
    }

    /**
     * Lets it end on the spot at the nth place from now where it can die, and returns when it has understood.
     *
     * @return false when it has ended before that
     */
    boolean haltAt(int place) throws Exception {
        var running = process;
        var file = armed;
        if (file == null || running == null) throw new IllegalStateException("it takes no commands");
        Files.deleteIfExists(file);
        try {
            running.outputWriter().write(place + "\n");
            running.outputWriter().flush();
        } catch (IOException e) {
            return false;
        }
        var told = Integer.toString(place);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !running.isAlive()
                        || (Files.exists(file) && Files.readString(file).equals(told)));
        return running.isAlive();
    }

    void start() throws Exception {
        Files.createDirectories(log.getParent());
        var command = new ArrayList<>(List.of(
                "start",
                "--server.port=" + port,
                "--management.server.port=" + managementPort,
                "--kontor.admin.email=" + ADMIN,
                "--kontor.admin.password=" + PASSWORD,
                "--kontor.accounts.argon2-memory=64KB",
                "--kontor.accounts.argon2-passes=1",
                "--kontor.web.requests-per-second=0",
                "--kontor.orders.open-per-user=0", // one buyer does it all
                "--kontor.orders.held-units-per-user=0"));
        command.addAll(settings);
        process = launch(command);
        waitUntilReady();
    }

    /** The demo shop instead, with its payment simulator; returns when its doors are open. */
    public void startDemo() throws Exception {
        Files.createDirectories(log.getParent());
        process = launch(List.of("demo", "--server.port=" + port, "--management.server.port=" + managementPort));
        waitUntilReady();
        await().atMost(PATIENCE).until(() -> Files.readString(log).contains("Kontor is open."));
    }

    /** Starts the server if it was killed, and waits until it takes orders again. */
    void startAgain() throws Exception {
        if (process == null || !process.isAlive()) start();
        else waitUntilReady();
    }

    /** kill -9 of the JVM: nothing of it gets a chance to clean up. */
    void kill() throws InterruptedException {
        if (process != null) process.destroyForcibly().waitFor();
    }

    /** kill -9 of PostgreSQL, parent and children. */
    void killDatabase() throws IOException {
        var pid = Long.parseLong(Files.readAllLines(postmasterPid()).getFirst().strip());
        ProcessHandle.of(pid).ifPresent(postmaster -> {
            var children = postmaster.children().toList();
            postmaster.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        });
    }

    /** PostgreSQL hangs, as it does when its disk does, until {@link #resumeDatabase}. */
    void pauseDatabase() throws Exception {
        signalDatabase("STOP");
    }

    void resumeDatabase() throws Exception {
        signalDatabase("CONT");
    }

    private void signalDatabase(String signal) throws Exception {
        var postmaster =
                Long.parseLong(Files.readAllLines(postmasterPid()).getFirst().strip());
        Signals.send(signal, postmaster);
    }

    public void stop() throws InterruptedException {
        if (process == null) return;
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        process = null;
    }

    /** Runs another command on the same data folder. @return its exit code */
    int run(List<String> command) throws Exception {
        var running = launch(command);
        if (!running.waitFor(2, TimeUnit.MINUTES)) running.destroyForcibly();
        return running.waitFor();
    }

    private Process launch(List<String> command) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of(
                MainClassPath.java(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1", // a server that lives for seconds: start fast, nothing else
                "-XX:+UseSerialGC"));
        if (startsOften) line.addAll(MainClassPath.fastStart());
        if (armed != null) line.add("-Dspring.aot.enabled=false"); // the wiring does not know where it can die
        line.add("-cp");
        if (armed != null && command.getFirst().equals("start")) {
            line.add(MainClassPath.with("kontor/crash/HaltingServer", "kontor/simulation/Cut"));
            line.add("kontor.crash.HaltingServer");
            line.add(armed.toString());
        } else {
            line.add(MainClassPath.text());
            line.add("kontor.Kontor");
            line.add(command.getFirst());
        }
        line.add("--kontor.data=" + data);
        line.addAll(command.subList(1, command.size()));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void waitUntilReady() throws Exception {
        var readiness = HttpRequest.newBuilder(managementAddress("/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (process != null && !process.isAlive())
                throw new AssertionError("the server has ended by itself, see " + log + ":\n" + tailOfLog());
            try {
                if (client.send(readiness, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200) return;
            } catch (IOException e) {
                // not listening yet
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("the server was not ready in " + PATIENCE + ", see " + log + ":\n" + tailOfLog());
    }

    /** What its threads do and the end of its log, for the message of a test that fails. */
    String describe() throws Exception {
        var running = process;
        if (running == null || !running.isAlive()) return "it has ended\n" + tailOfLog();
        var dump = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(running.pid()),
                        "Thread.print")
                .redirectErrorStream(true)
                .start();
        return new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8) + tailOfLog();
    }

    private String tailOfLog() throws IOException {
        var lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    private Path postmasterPid() throws IOException {
        try (var files = Files.walk(data, 3)) {
            return files.filter(file -> file.endsWith("postmaster.pid"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
