package kontor.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A server as the launcher starts it in production, in a process of its own. */
final class Server implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LOOK_EVERY_MILLIS = 5;
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final Pattern HEAP =
            Pattern.compile("(?m)^jvm_memory_committed_bytes\\{area=\"heap\",[^}]*} (\\S+)");

    private final Command command;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;
    private final int managementPort;
    private final Path data;
    private final Duration readyAfter;

    private Server(Project project, Path data, Map<String, String> settings) throws IOException, InterruptedException {
        port = freePort();
        managementPort = freePort();
        this.data = data;
        var log = project.scratch().resolve(data.getFileName() + "-server.log"); // two may run at once
        var begun = System.nanoTime();
        command = Command.start(
                project,
                log,
                withoutCaps(settings),
                "start",
                "--port=" + port,
                "--management-port=" + managementPort,
                "--data=" + data);
        try {
            awaitReady();
        } catch (RuntimeException e) {
            command.close();
            throw e;
        }
        readyAfter = Duration.ofNanos(System.nanoTime() - begun);
    }

    /** A thousand buyers place tens of thousands of orders and pay for few: it is counted, and nobody is sent away. */
    private static Map<String, String> withoutCaps(Map<String, String> settings) {
        var all = new HashMap<>(settings);
        all.put("KONTOR_ORDERS_OPEN_PER_USER", "0");
        all.put("KONTOR_ORDERS_HELD_UNITS_PER_USER", "0");
        return all;
    }

    /** Returns when it takes requests. */
    static Server start(Project project, Path data, Map<String, String> settings)
            throws IOException, InterruptedException {
        return new Server(project, data, settings);
    }

    private void awaitReady() throws InterruptedException {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            command.requireAlive();
            try {
                if (management("/actuator/health/readiness").contains("UP")) return;
            } catch (IOException e) {
                // nobody listens there yet
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
        throw new IllegalStateException("The server is not ready after " + PATIENCE + ": " + command.said());
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return command.pid();
    }

    /** From the launcher's first line to the server's readiness. */
    Duration readyAfter() {
        return readyAfter;
    }

    Postgres postgres() {
        return Postgres.of(data);
    }

    /** Who works for a request: this server, and its database. */
    Costs costs() {
        return new Costs(Map.of("server", pid(), "postgres", postgres().pid()));
    }

    /** Memory that is in the machine's memory now, in MiB. Of the server alone, without its database. */
    double residentMebibytes() throws IOException {
        var matcher = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(pid()), "status")));
        return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024.0 : Double.NaN;
    }

    /** What the heap takes of the machine's memory now, used or not, in MiB. */
    double heapMebibytes() throws IOException, InterruptedException {
        return HEAP.matcher(management("/actuator/prometheus"))
                        .results()
                        .mapToDouble(match -> Double.parseDouble(match.group(1)))
                        .sum()
                / (1 << 20);
    }

    /** The ETag of a page. */
    String etag(String path, String token) throws IOException, InterruptedException {
        var answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.discarding());
        return answer.headers()
                .firstValue("ETag")
                .orElseThrow(() -> new IllegalStateException(path + " has no ETag: " + answer.statusCode()));
    }

    private String management(String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** Stops it in good order, its database last. */
    @Override
    public void close() {
        client.close();
        command.close();
    }
}
