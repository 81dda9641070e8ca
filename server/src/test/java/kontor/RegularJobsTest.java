package kontor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the server looks into from time to time without being asked, on one whose time is short. */
class RegularJobsTest {
    private static final String DATABASE = "regular_jobs";

    @Test
    void findWhatDoesNotAgreeInHereAndWithTheGateway(@TempDir Path folder) throws Exception {
        var settings = TestDatabase.another(DATABASE);
        try (var gateway = new OwnGateway(folder);
                var server = new OwnServer(
                        settings,
                        gateway,
                        folder.resolve("server"),
                        "--kontor.audit.first-after=1s",
                        "--kontor.audit.interval=1s",
                        "--kontor.audit.fresh-for=0s",
                        "--kontor.reconciliation.interval=1s")) {
            server.sell("MUG", 255);
            var paid = server.staff().post("/orders", """
                            {"currency": "GBP", "lines": [{"sku": "MUG", "quantity": 2}],
                             "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_visa"}}
                            """, "Idempotency-Key", "order");
            assertThat(paid.status()).as(paid.text()).isEqualTo(201);
            await().atMost(Duration.ofMinutes(1)).until(() -> isMatched(server, paid.at("/id")));
            await().atMost(Duration.ofMinutes(1)).until(() -> violations(server) == 0.0);

            JdbcClient.create(TestDatabase.superuserOf(DATABASE))
                    .sql("UPDATE inventory.levels SET on_hand = on_hand + 1")
                    .update();
            await().atMost(Duration.ofMinutes(1)).until(() -> violations(server) > 0.0);
        }
    }

    /** Whether the gateway's line about it was read and found in our books. */
    private static boolean isMatched(OwnServer server, String order) {
        return server.database().sql("""
                        SELECT EXISTS (SELECT FROM reconciliation.balance_lines
                                       WHERE order_id = ?::bigint AND kind = 'charge' AND state = 'matched')
                        """).param(order).query(Boolean.class).single();
    }

    /** Of all invariants, as the metrics show them; NaN while no audit was made. Reading them makes none. */
    private static double violations(OwnServer server) {
        return server.staff()
                .onManagementPort()
                .get("/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> line.startsWith("kontor_audit_violations"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
