package kontor.payments;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class InboundEventStore {
    private final JdbcClient client;

    InboundEventStore(JdbcClient client) {
        this.client = client;
    }

    /** A message that was stored and waits to be acted on. */
    record Waiting(String gateway, String eventId, byte[] body) {}

    /** @return false when the same event is there already: the first one wins */
    boolean insert(String gateway, WebhookEvent event, byte[] body) {
        return client.sql("""
                        INSERT INTO payments.inbound_events (gateway, event_id, type, body)
                        VALUES (:gateway, :id, :type, :body)
                        ON CONFLICT DO NOTHING
                        """)
                        .param("gateway", gateway)
                        .param("id", event.id())
                        .param("type", event.type())
                        .param("body", body)
                        .update()
                == 1;
    }

    void done(String gateway, String eventId, String state, @Nullable String note) {
        client.sql("""
                        UPDATE payments.inbound_events SET state = :state, note = :note, processed_at = now()
                        WHERE gateway = :gateway AND event_id = :id AND state = 'received'
                        """)
                .param("gateway", gateway)
                .param("id", eventId)
                .param("state", state)
                .param("note", note)
                .update();
    }

    /** Messages that were stored and not acted on, for at least as many seconds. */
    List<Waiting> waiting(int seconds, int limit) {
        return client.sql("""
                        SELECT gateway, event_id, body FROM payments.inbound_events
                        WHERE state = 'received' AND received_at < now() - make_interval(secs => :seconds)
                        ORDER BY received_at LIMIT :limit
                        """)
                .param("seconds", seconds)
                .param("limit", limit)
                .query((row, number) ->
                        new Waiting(row.getString("gateway"), row.getString("event_id"), row.getBytes("body")))
                .list();
    }
}
