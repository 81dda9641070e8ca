package kontor.payments;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import kontor.payments.InboundEventStore.Waiting;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The inbox as staff see it: what gateways have told us, and how to have it acted on again. */
@Repository
class InboundEventArchive {
    private final JdbcClient client;

    InboundEventArchive(JdbcClient client) {
        this.client = client;
    }

    /** @param arrival of the message, for the next page's cursor */
    record Listed(InboundEvent event, long arrival) {}

    /** Messages that came before {@code arrival}, the newest first. */
    List<Listed> list(InboundEventFilter filter, long arrival, int limit) {
        // The state stands in the text, so that PostgreSQL sees which of its indexes is made for it.
        var ofState = filter.state() == null ? "" : "AND state = '" + filter.state() + "'";
        return client.sql("""
                        SELECT * FROM payments.inbound_events
                        WHERE arrival < :arrival %s
                          AND (:gateway::text IS NULL OR gateway = :gateway)
                          AND (:type::text IS NULL OR type = :type)
                        ORDER BY arrival DESC LIMIT :limit
                        """.formatted(ofState))
                .param("arrival", arrival)
                .param("gateway", filter.gateway())
                .param("type", filter.type())
                .param("limit", limit)
                .query((row, number) -> new Listed(event(row), row.getLong("arrival")))
                .list();
    }

    Optional<InboundEvent.WithBody> find(String gateway, String eventId) {
        return client.sql("SELECT * FROM payments.inbound_events WHERE gateway = :gateway AND event_id = :id")
                .param("gateway", gateway)
                .param("id", eventId)
                .query((row, number) ->
                        new InboundEvent.WithBody(event(row), new String(row.getBytes("body"), StandardCharsets.UTF_8)))
                .optional();
    }

    /** Makes a message new again, whatever came of it before. @return empty when there is none */
    Optional<Waiting> putBack(String gateway, String eventId, String actor) {
        return client.sql("""
                        UPDATE payments.inbound_events
                        SET state = 'received', note = NULL, processed_at = NULL,
                            next_attempt_at = now() + interval '10 seconds',
                            replays = replays + 1, replayed_by = :actor, replayed_at = now()
                        WHERE gateway = :gateway AND event_id = :id
                        RETURNING gateway, event_id, body
                        """)
                .param("gateway", gateway)
                .param("id", eventId)
                .param("actor", actor)
                .query((row, number) ->
                        new Waiting(row.getString("gateway"), row.getString("event_id"), row.getBytes("body")))
                .optional();
    }

    /** What stands under this id already, if that is not the same, byte for byte. */
    Optional<byte[]> otherBody(String gateway, String eventId, byte[] body) {
        return client.sql("""
                        SELECT body FROM payments.inbound_events
                        WHERE gateway = :gateway AND event_id = :id AND body <> :body
                        """)
                .param("gateway", gateway)
                .param("id", eventId)
                .param("body", body)
                .query((row, number) -> row.getBytes("body"))
                .optional();
    }

    /** Notes that another message came under the same id. */
    void countConflict(String gateway, String eventId) {
        client.sql("""
                        UPDATE payments.inbound_events
                        SET conflicts = conflicts + 1,
                            note = coalesce(note, 'another message came under the same id')
                        WHERE gateway = :gateway AND event_id = :id
                        """).param("gateway", gateway).param("id", eventId).update();
    }

    private static InboundEvent event(ResultSet row) throws SQLException {
        return new InboundEvent(
                row.getString("gateway"),
                row.getString("event_id"),
                row.getString("type"),
                row.getString("state"),
                row.getString("note"),
                row.getObject("order_id", Long.class),
                row.getObject("payment_id", Long.class),
                row.getObject("received_at", OffsetDateTime.class).toInstant(),
                instant(row, "processed_at"),
                row.getInt("conflicts"),
                row.getInt("replays"),
                row.getString("replayed_by"),
                instant(row, "replayed_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
