package kontor.events;

import java.util.List;
import kontor.database.Rows;
import kontor.database.Statements;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Where changes are written for others to hear of, in the transaction of the change. */
@Component
public class Outbox {
    private final JdbcTemplate jdbc;

    Outbox(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds the events; takes part in the caller's transaction. */
    public void append(List<OrderEvent> events) {
        var statements = new Statements();
        append(statements, events);
        statements.run(jdbc);
    }

    /** The same, to be sent together with other statements. */
    public void append(Statements statements, List<OrderEvent> events) {
        if (events.isEmpty()) return;
        statements.add(
                """
                INSERT INTO events.outbox (order_id, version, type, payload, created_at)
                SELECT * FROM unnest(?, ?, ?, ?, ?)
                """,
                Rows.of(events)
                        .bigint(OrderEvent::orderId)
                        .integer(OrderEvent::version)
                        .text(OrderEvent::type)
                        .jsonb(OrderEvent::payload)
                        .timestamptz(OrderEvent::at));
    }
}
