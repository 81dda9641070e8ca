package kontor.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Speaks plain HTTP with a simulator, as curl would. */
final class Visitor implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;

    Visitor(Simulator simulator) {
        address = simulator.address();
    }

    /** @param headers names and values in turn */
    HttpResponse<String> post(String path, String form, String... headers) {
        var request = HttpRequest.newBuilder(address.resolve(path))
                .header("Authorization", "Bearer sk_test_visitor")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        if (headers.length > 0) request.headers(headers);
        return send(request.build());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(address.resolve(path))
                .header("Authorization", "Bearer sk_test_visitor")
                .build());
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(address.resolve(path)).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return send(request.build());
    }

    /** Takes 510 pence. @return the payment intent */
    JsonNode pay(String key) {
        return json(post(
                "/v1/payment_intents",
                "amount=510&currency=gbp&confirm=true&payment_method=pm_card_visa",
                "Idempotency-Key",
                key));
    }

    void fault(String json) {
        var answer = send("POST", "/_faults", json, "Content-Type", "application/json");
        if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    }

    JsonNode book() {
        return json(get("/_book")).get("effects");
    }

    static JsonNode json(HttpResponse<String> answer) {
        return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
