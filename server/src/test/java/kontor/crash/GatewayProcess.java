package kontor.crash;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kontor.FreePort;
import kontor.MainClassPath;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The payment simulator as a process of its own, whose book is a witness that no death of a server touches. */
class GatewayProcess {
    private static final String SECRET_KEY = "sk_test_of_the_crash_test";
    private static final String WEBHOOK_SECRET = "whsec_of_the_crash_test";

    private final Path data;
    private final Path log;
    private final int port = FreePort.next();
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable Process process;

    GatewayProcess(Path data, Path log) {
        this.data = data;
        this.log = log;
    }

    void start(URI webhook) throws IOException {
        Files.createDirectories(log.getParent());
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        MainClassPath.text(),
                        "kontor.Kontor",
                        "simulator",
                        "--port=" + port,
                        "--data=" + data,
                        "--secret-key=" + SECRET_KEY,
                        "--webhook-url=" + webhook,
                        "--webhook-secret=" + WEBHOOK_SECRET)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> get("/_book").statusCode() == 200);
    }

    /** What a server has to be started with to take this for Stripe. */
    List<String> settings() {
        return List.of(
                "--kontor.payments.stripe.api-base=" + address("/").toString().replaceAll("/$", ""),
                "--kontor.payments.stripe.secret-key=" + SECRET_KEY,
                "--kontor.payments.stripe.webhook-secrets=" + WEBHOOK_SECRET);
    }

    void stop() throws InterruptedException {
        if (process == null) return;
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }

    /** Arms a fault, as the simulator's page does. */
    void fault(String json) throws Exception {
        var answer = client.send(
                HttpRequest.newBuilder(address("/_faults"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    }

    /** What it has really taken and not given back, by order, in pence: more than once counts as more. */
    Map<String, Long> kept() throws Exception {
        var kept = new HashMap<String, Long>();
        for (var effect : new JsonMapper().readTree(get("/_book").body()).get("effects")) {
            var sign = switch (effect.get("kind").asString()) {
                case "captured" -> 1;
                case "refunded" -> -1;
                default -> 0;
            };
            kept.merge(
                    effect.at("/metadata/kontor_order").asString(),
                    sign * effect.get("amount").asLong(),
                    Long::sum);
        }
        kept.values().removeIf(amount -> amount == 0);
        return kept;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(address(path)).build(), BodyHandlers.ofString());
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
