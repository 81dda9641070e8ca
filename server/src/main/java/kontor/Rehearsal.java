package kontor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A short day of a shop on a throw-away database, while the Java machine takes notes: which classes a server needs, and
 * which methods keep it busy (JEP 483 and 515). The launcher runs it once after a build, so that every later start is
 * fast and already warm. Whatever is answered with an error ends it with an exception.
 */
final class Rehearsal {
    private static final String ADMIN = "admin@rehearsal.example";
    private static final int BUYERS = 8;
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Environment server;
    private final int ordersEach;
    private String token = "";

    private Rehearsal(Environment server) {
        this.server = server;
        ordersEach = server.getProperty("kontor.rehearsal.orders-each", Integer.class, 250);
    }

    /** @param options of the server, {@code --kontor.data} among them: a folder that nobody needs afterwards */
    static void run(String[] options) throws IOException, InterruptedException {
        var password = UUID.randomUUID().toString();
        var whole = new ArrayList<>(Arrays.asList(
                "--kontor.db.url=", // the embedded one, whatever the environment names: its orders are not real
                "--server.port=0",
                "--management.server.port=0",
                "--kontor.web.requests-per-second=0",
                "--kontor.orders.open-per-user=0", // one buyer orders it all
                "--kontor.orders.held-units-per-user=0",
                "--kontor.admin.email=" + ADMIN,
                "--kontor.admin.password=" + password));
        whole.addAll(Arrays.asList(options));
        try (var context = SpringApplication.run(Kontor.class, whole.toArray(String[]::new))) {
            new Rehearsal(context.getEnvironment()).play(password);
        }
    }

    private void play(String password) throws IOException, InterruptedException {
        var login = JSON.createObjectNode().put("email", ADMIN).put("password", password);
        token = JSON.readTree(post("/login", login)).at("/access_token").asString();
        post("/products", product());
        try (var buyers = Executors.newVirtualThreadPerTaskExecutor()) {
            var visits = new ArrayList<Callable<Object>>();
            for (var buyer = 0; buyer < BUYERS; buyer++) visits.add(Executors.callable(this::visit));
            for (var visit : buyers.invokeAll(visits)) visit.resultNow();
        }
        get("local.management.port", "/actuator/health/readiness");
        get("local.management.port", "/actuator/prometheus");
    }

    private void visit() {
        try {
            for (var order = 0; order < ordersEach; order++) {
                get("local.server.port", "/products?limit=20");
                var placed = JSON.readTree(post("/orders", order()));
                get("local.server.port", "/orders/" + placed.at("/id").asString());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static JsonNode product() {
        var product = JSON.createObjectNode().put("name", "Rehearsal mug");
        var variants = product.putArray("variants");
        for (var number = 0; number < 3; number++) {
            var variant = variants.addObject().put("sku", "MUG-" + number).put("on_hand", 1_000_000);
            variant.putArray("prices").addObject().put("amount", 255 + number).put("currency", "GBP");
        }
        return product;
    }

    private static JsonNode order() {
        var order = JSON.createObjectNode().put("currency", "GBP");
        var lines = order.putArray("lines");
        for (var number = 0; number < 3; number++) {
            lines.addObject().put("sku", "MUG-" + number).put("quantity", 1 + number);
        }
        order.putObject("payment").put("method", "invoice");
        return order;
    }

    private String post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address("local.server.port", path))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private void get(String port, String path) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(address(port, path)));
    }

    private URI address(String port, String path) {
        return URI.create("http://127.0.0.1:" + server.getRequiredProperty(port) + path);
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        var answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 400)
            throw new IllegalStateException(
                    "%s answered %d: %s".formatted(answer.uri(), answer.statusCode(), answer.body()));
        return answer.body();
    }
}
