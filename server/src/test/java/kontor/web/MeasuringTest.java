package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What those who run the server see of it on the management port. */
@KontorTest
class MeasuringTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Test
    void ordersAreCountedByWhatCameOfThem() {
        var mug = shop.article(255, 3);
        var buyer = api.as(users.customer());
        var confirmed = placed("confirmed");
        var replayed = placed("replayed");
        var outOfStock = placed("out_of_stock");
        var refused = placed("refused");
        var key = UUID.randomUUID().toString();
        assertThat(order(buyer, mug, 2, key).status()).isEqualTo(201);
        assertThat(order(buyer, mug, 2, key).status()).isEqualTo(201);
        assertThat(order(buyer, mug, 2, "another").status()).isEqualTo(409);
        assertThat(order(buyer, "no-such-sku", 2, "third").status()).isEqualTo(422);
        assertThat(placed("confirmed")).isEqualTo(confirmed + 1);
        assertThat(placed("replayed")).isEqualTo(replayed + 1);
        assertThat(placed("out_of_stock")).isEqualTo(outOfStock + 1);
        assertThat(placed("refused")).isEqualTo(refused + 1);
    }

    @Test
    void requestsAreTimedByOperationAndStatusAndNeverByWhatCallersMakeUp() {
        var read = requests("GET", "200", "/users/me");
        var absent = requests("GET", "404", "NOT_FOUND");
        var invented = requests("OTHER", "404", "NOT_FOUND");
        api.as(users.customer()).get("/users/me");
        api.get("/" + UUID.randomUUID());
        api.send("INVENT", "/" + UUID.randomUUID(), null);
        assertThat(requests("GET", "200", "/users/me")).isEqualTo(read + 1);
        assertThat(requests("GET", "404", "NOT_FOUND")).isEqualTo(absent + 1);
        assertThat(requests("OTHER", "404", "NOT_FOUND")).isEqualTo(invented + 1);
        assertThat(metrics()).contains("http_server_requests_seconds_bucket{").doesNotContain("INVENT");
    }

    @Test
    void theMachineThePoolTheLanesAndTheDatabaseAreShown() {
        await().until(() -> metrics().contains("kontor_database_up 1.0")); // a disk may hang for a moment
        assertThat(metrics())
                .contains("kontor_lane_depth ")
                .contains("kontor_lane_batch_size_count ")
                .contains("hikaricp_connections_active{pool=\"kontor\"}")
                .contains("jvm_memory_used_bytes{")
                .contains("process_cpu_usage ");
    }

    @Test
    void aServerThatTakesOrdersIsAliveAndReady() {
        for (var probe : new String[] {"liveness", "readiness"}) {
            await().untilAsserted(() -> {
                var answer = api.onManagementPort().get("/actuator/health/" + probe);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).isEqualTo("{\"status\":\"UP\"}");
            });
        }
    }

    private static Api.Answer order(Api buyer, String sku, int quantity, String key) {
        return buyer.post(
                "/orders",
                Map.of(
                        "currency", "GBP",
                        "lines", java.util.List.of(Map.of("sku", sku, "quantity", quantity)),
                        "payment", Map.of("method", "invoice")),
                "Idempotency-Key",
                key);
    }

    private double placed(String outcome) {
        return value("kontor_orders_placed_total{outcome=\"%s\"} ".formatted(outcome));
    }

    private double requests(String method, String status, String route) {
        var outcome = status.startsWith("2") ? "SUCCESS" : "CLIENT_ERROR";
        return value("http_server_requests_seconds_count{method=\"%s\",outcome=\"%s\",status=\"%s\",uri=\"%s\"} "
                .formatted(method, outcome, status, route));
    }

    private double value(String metric) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
                .sum();
    }

    private String metrics() {
        return api.onManagementPort().get("/actuator/prometheus").text();
    }
}
