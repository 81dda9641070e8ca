package kontor.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The probes tell the truth while PostgreSQL hangs, when it goes on, and when it was killed and started again. */
class HealthWithoutDatabaseTest {
    private static final Path FOLDER = Path.of("target", "health");
    /** A hanging database is silent for a minute; the probes of an orchestrator give up long before. */
    private static final Duration PATIENCE_OF_A_PROBE = Duration.ofSeconds(10);

    private final ServerProcess server = new ServerProcess(FOLDER.resolve("data"), FOLDER.resolve("server.log"));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void aServer() throws Exception {
        Folders.delete(FOLDER);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.resumeDatabase();
        server.stop();
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void readinessFollowsTheDatabaseAndLivenessDoesNot() throws Exception {
        assertThat(probe("readiness").statusCode()).isEqualTo(200);

        server.pauseDatabase();
        await().atMost(Duration.ofSeconds(30)).until(() -> probe("readiness").statusCode() == 503);
        assertThat(probe("liveness").statusCode()).isEqualTo(200);
        assertThat(get(server.managementAddress("/actuator/prometheus")).body())
                .contains("kontor_database_up 0.0")
                .contains("jvm_memory_used_bytes");

        server.resumeDatabase();
        await().atMost(Duration.ofSeconds(30)).until(() -> probe("readiness").statusCode() == 200);

        server.killDatabase();
        assertThat(probe("liveness").statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(server.address("/products")).statusCode() == 200);
        await().atMost(Duration.ofSeconds(30)).until(() -> probe("readiness").statusCode() == 200);
    }

    private HttpResponse<String> probe(String name) throws Exception {
        return get(server.managementAddress("/actuator/health/" + name));
    }

    private HttpResponse<String> get(URI address) throws Exception {
        return client.send(
                HttpRequest.newBuilder(address).timeout(PATIENCE_OF_A_PROBE).build(), BodyHandlers.ofString());
    }
}
