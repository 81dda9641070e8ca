package kontor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of the server under test, over real HTTP as everybody's:
 * {@code api.as(user).post("/orders", json, "Idempotency-Key", "1").status()}. Headers are names and values in turn.
 */
@Component
public class Api {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final Environment server;
    private final String port;
    private final @Nullable String token;

    @Autowired
    Api(Environment server) {
        this(server, "local.server.port", null);
    }

    private Api(Environment server, String port, @Nullable String token) {
        this.server = server;
        this.port = port;
        this.token = token;
    }

    /** What the server said. */
    public record Answer(int status, HttpHeaders headers, String text) {
        public JsonNode json() {
            return JSON.readTree(text);
        }

        /** The value at a JSON pointer as text, {@code /errors/0/field}; "" when there is none. */
        public String at(String pointer) {
            return json().at(pointer).asString("");
        }

        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /** The same client, signed in. */
    public Api as(TestUsers.TestUser user) {
        return as(user.token());
    }

    public Api as(String token) {
        return new Api(server, port, token);
    }

    /** The same client on the management port. */
    public Api onManagementPort() {
        return new Api(server, "local.management.port", token);
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    /** @param body JSON as text, or what Jackson makes JSON of; null for no body */
    public Answer post(String path, @Nullable Object body, String... headers) {
        return send("POST", path, body, headers);
    }

    public Answer put(String path, @Nullable Object body, String... headers) {
        return send("PUT", path, body, headers);
    }

    public Answer patch(String path, @Nullable Object body, String... headers) {
        return send("PATCH", path, body, headers);
    }

    public Answer delete(String path, String... headers) {
        return send("DELETE", path, null, headers);
    }

    public Answer send(String method, String path, @Nullable Object body, String... headers) {
        var request = HttpRequest.newBuilder(address(path)).timeout(Duration.ofMinutes(1));
        if (token != null) request.header("Authorization", "Bearer " + token);
        for (var i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
        var given = java.util.Arrays.asList(headers);
        if (body != null && !given.contains("Content-Type")) request.header("Content-Type", "application/json");
        var text = body == null || body instanceof String ? (String) body : JSON.writeValueAsString(body);
        request.method(method, text == null ? BodyPublishers.noBody() : BodyPublishers.ofString(text));
        try {
            var answer = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.headers(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Where the server answers; for a test that needs another client than this. */
    public URI address(String path) {
        return URI.create("http://localhost:" + server.getRequiredProperty(port) + path);
    }
}
