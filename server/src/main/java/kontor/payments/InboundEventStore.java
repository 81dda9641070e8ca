package kontor.payments;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import kontor.batching.BatchWriter;
import kontor.database.Rows;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The inbox. Messages that come at the same time are stored in one statement, which also finds what they are about. */
@Repository
class InboundEventStore implements BatchWriter<InboundEventStore.Arrival, InboundEventStore.Standing> {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    InboundEventStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    /**
     * A verified message, and its bytes as they are kept.
     *
     * @param isWord whether what it says is settled as it stands, whatever is open by then
     */
    record Arrival(String gateway, WebhookEvent event, byte[] body, boolean isWord) {
        private Name name() {
            return new Name(gateway, event.id());
        }
    }

    private record Name(String gateway, String eventId) {}

    /** A message that was stored and waits to be acted on. */
    record Waiting(String gateway, String eventId, byte[] body) {}

    /** What is left to do about a message once it is stored. */
    enum Standing {
        /** It came before: the first one counts. */
        REPEATED,
        /** It says nothing new, or nothing that anything here follows from. */
        DONE,
        /** It is about no payment of ours, and was put aside. */
        FOREIGN,
        /** The gateway is being asked about the same payment at this moment. */
        ANSWER_UNDER_WAY,
        /** Its payment waits for what it may tell. */
        OPEN
    }

    private record Stored(Name name, Standing standing) {}

    @Override
    public List<Standing> write(List<Arrival> batch) {
        var standings = new HashMap<Name, Standing>();
        for (var stored : insert(batch)) standings.put(stored.name(), stored.standing());
        var results = new ArrayList<Standing>(batch.size());
        for (var arrival : batch) {
            var standing = standings.remove(arrival.name());
            results.add(standing == null ? Standing.REPEATED : standing);
        }
        return results;
    }

    private List<Stored> insert(List<Arrival> batch) {
        return Rows.of(batch)
                .text(Arrival::gateway)
                .text(arrival -> arrival.event().id())
                .text(arrival -> arrival.event().type())
                .bytea(Arrival::body)
                .bool(arrival ->
                        arrival.event().answer() != null || arrival.event().dispute() != null)
                .bool(arrival -> arrival.event().dispute() != null)
                .bool(arrival -> arrival.event().answer() instanceof GatewayAnswer.RequiresAction)
                .bool(arrival -> arrival.event().answer() instanceof GatewayAnswer.Captured
                        || arrival.event().answer() instanceof GatewayAnswer.Authorized)
                .bool(arrival -> arrival.event().answer() instanceof GatewayAnswer.Voided)
                .bool(arrival -> arrival.event().refusesRefund())
                .nullableBigint(arrival -> arrival.event().paymentId())
                .text(arrival -> arrival.event().gatewayReference())
                .bool(Arrival::isWord)
                .query(
                        jdbc,
                        """
                        INSERT INTO payments.inbound_events (gateway, event_id, type, body, order_id, payment_id,
                            about_dispute, stands_alone, state, note, processed_at, next_attempt_at)
                        SELECT come.gateway, come.event_id, come.type, come.body, payment.order_id, payment.id,
                            disputes, disputes OR refused OR given_up,
                            CASE WHEN NOT telling THEN 'ignored'
                                 WHEN payment.id IS NULL THEN 'quarantined'
                                 WHEN nothing_new AND NOT is_word THEN 'processed'
                                 ELSE 'received' END,
                            CASE WHEN NOT telling THEN 'nothing here follows from events of this type'
                                 WHEN payment.id IS NULL THEN 'no payment of ours' END,
                            CASE WHEN NOT telling OR payment.id IS NULL OR nothing_new AND NOT is_word THEN now() END,
                            now() + CASE WHEN operation.state = 'intent' AND operation.next_attempt_at > now()
                                         THEN interval '1 second' ELSE interval '10 seconds' END
                        FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                            AS come (gateway, event_id, type, body, telling, disputes, to_be_confirmed, taken, given_up, refused,
                                     paid, reference, is_word)
                        LEFT JOIN LATERAL (
                            SELECT order_id, id, status FROM payments.payments
                            WHERE telling AND payments.gateway = come.gateway AND payments.id = come.paid
                            UNION ALL
                            SELECT order_id, payment_id, payments.status FROM payments.operations
                            JOIN payments.payments USING (order_id)
                            WHERE telling AND payments.id = payment_id AND operations.gateway = come.gateway
                              AND operations.gateway_reference = come.reference
                            LIMIT 1) AS payment ON true
                        LEFT JOIN LATERAL (
                            SELECT state, next_attempt_at FROM payments.operations
                            WHERE operations.order_id = payment.order_id AND operations.payment_id = payment.id
                              AND operations.state IN ('intent', 'unknown', 'waiting')
                            ORDER BY operations.state = 'waiting' LIMIT 1) AS operation ON true
                        CROSS JOIN LATERAL (
                            SELECT to_be_confirmed AND operation.state IS NOT DISTINCT FROM 'waiting'
                                OR operation.state IS NULL AND NOT disputes AND NOT refused
                                   -- Taken for a payment that has ended: that has to be given back.
                                   AND NOT (taken AND payment.status IN ('failed', 'voided'))
                                   -- Given up at the gateway, and we still count on it.
                                   AND NOT (given_up AND payment.status = 'authorized') AS nothing_new
                        ) AS news
                        ORDER BY come.gateway, come.event_id
                        ON CONFLICT DO NOTHING
                        RETURNING gateway, event_id, state,
                            next_attempt_at < now() + interval '5 seconds'
                        """,
                        (row, number) -> new Stored(
                                new Name(row.getString(1), row.getString(2)),
                                standing(row.getString(3), row.getBoolean(4))));
    }

    private static Standing standing(String state, boolean soon) {
        return switch (state) {
            case "quarantined" -> Standing.FOREIGN;
            case "received" -> soon ? Standing.ANSWER_UNDER_WAY : Standing.OPEN;
            default -> Standing.DONE;
        };
    }

    void done(String gateway, String eventId, String state, @Nullable String note) {
        client.sql("""
                        UPDATE payments.inbound_events
                        SET state = :state, note = coalesce(:note, note), processed_at = now()
                        WHERE gateway = :gateway AND event_id = :id AND state = 'received'
                        """)
                .param("gateway", gateway)
                .param("id", eventId)
                .param("state", state)
                .param("note", note)
                .update();
    }

    /**
     * Ends what waited for an answer that has come by now: nothing is open any more at the payments of those messages. One
     * about a payment that came to nothing is left to be looked at: it may tell of money that was taken all the same. So is
     * one about a dispute, a refund that came back or a hold that is gone, which no answer tells of.
     *
     * @param speaking the gateways whose messages are each settled as they stand
     */
    void finishAnswered(List<String> speaking) {
        client.sql("""
                        UPDATE payments.inbound_events SET state = 'processed', processed_at = now()
                        WHERE (gateway, event_id) IN (
                            SELECT gateway, event_id FROM payments.inbound_events
                            WHERE state = 'received' AND next_attempt_at <= now() AND payment_id IS NOT NULL
                              AND NOT stands_alone AND NOT about_dispute
                              AND gateway <> ALL (string_to_array(:speaking, ','))
                              AND NOT EXISTS (
                                  SELECT FROM payments.operations
                                  WHERE operations.order_id = inbound_events.order_id
                                    AND operations.payment_id = inbound_events.payment_id
                                    AND operations.state IN ('intent', 'unknown', 'waiting'))
                              AND NOT EXISTS (
                                  SELECT FROM payments.payments
                                  WHERE payments.order_id = inbound_events.order_id
                                    AND payments.id = inbound_events.payment_id
                                    AND payments.status IN ('failed', 'voided'))
                            FOR UPDATE SKIP LOCKED)
                        """).param("speaking", String.join(",", speaking)).update();
    }

    /** The gateways with messages whose time has come, and that nothing has ended since. */
    List<String> gatewaysDue() {
        return client.sql("""
                        SELECT DISTINCT gateway FROM payments.inbound_events
                        WHERE state = 'received' AND next_attempt_at <= now() - interval '1 second'
                        """).query(String.class).list();
    }

    /** Such messages of a gateway; their next time is set at once, so that no other server takes them too. */
    List<Waiting> takeDue(String gateway, int secondsToNext, int limit) {
        return client.sql("""
                        UPDATE payments.inbound_events SET next_attempt_at = now() + make_interval(secs => :seconds)
                        WHERE (gateway, event_id) IN (
                            SELECT gateway, event_id FROM payments.inbound_events
                            WHERE state = 'received' AND next_attempt_at <= now() - interval '1 second'
                              AND gateway = :gateway
                            ORDER BY next_attempt_at LIMIT :limit
                            FOR UPDATE SKIP LOCKED)
                        RETURNING gateway, event_id, body
                        """)
                .param("gateway", gateway)
                .param("seconds", secondsToNext)
                .param("limit", limit)
                .query((row, number) ->
                        new Waiting(row.getString("gateway"), row.getString("event_id"), row.getBytes("body")))
                .list();
    }
}
