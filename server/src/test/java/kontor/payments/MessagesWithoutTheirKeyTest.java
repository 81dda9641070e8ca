package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What keeps a repeated message from being kept twice is the key of the table. Without it whoever counts what was kept, as
 * {@code TenThousandMessagesTest} does, finds more.
 */
class MessagesWithoutTheirKeyTest {
    @Test
    void areKeptAsOftenAsTheyCome(@TempDir Path folder) throws Exception {
        var settings = TestDatabase.another("messages_without_key");
        try (var gateway = new OwnGateway(folder);
                var server = new OwnServer(settings, gateway, folder.resolve("server"))) {
            sendTwice(server, "evt_with_key");
            assertThat(kept(server, "evt_with_key")).isEqualTo(1);
            JdbcClient.create(TestDatabase.superuserOf("messages_without_key"))
                    .sql("ALTER TABLE payments.inbound_events DROP CONSTRAINT inbound_events_pkey")
                    .update();
            sendTwice(server, "evt_without_key");
            assertThat(kept(server, "evt_without_key")).isEqualTo(2);
        }
    }

    private static void sendTwice(OwnServer server, String event) {
        var body = """
                {"id": "%s", "object": "event", "type": "customer.created", "created": 1764000000, "data": {"object": {}}}
                """.formatted(event);
        for (var time = 0; time < 2; time++) {
            var answer = server.staff()
                    .post("/gateways/stripe/webhook", body, "Stripe-Signature", OwnGateway.signatureOf(body));
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        }
    }

    private static long kept(OwnServer server, String event) {
        return server.database()
                .sql("SELECT count(*) FROM payments.inbound_events WHERE event_id = ?")
                .param(event)
                .query(Long.class)
                .single();
    }
}
