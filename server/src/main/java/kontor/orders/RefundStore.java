package kontor.orders;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kontor.database.Rows;
import kontor.money.Money;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class RefundStore {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    RefundStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    void insert(Refund refund) {
        client.sql("""
                        INSERT INTO orders.refunds (order_id, id, state, currency, amount, goods, shipping, tax, credit,
                            reason, note, actor, request_key, created_at)
                        VALUES (:order, :id, 'pending', :currency, :amount, :goods, :shipping, :tax, :credit,
                            :reason, :note, :actor, :key, :at)
                        """)
                .param("order", refund.orderId())
                .param("id", refund.id())
                .param("currency", refund.amount().currency().getCurrencyCode())
                .param("amount", refund.amount().minorUnits())
                .param("goods", refund.parts().goods())
                .param("shipping", refund.parts().shipping())
                .param("tax", refund.parts().tax())
                .param("credit", refund.parts().credit())
                .param("reason", refund.reason())
                .param("note", refund.note())
                .param("actor", refund.actor())
                .param("key", refund.requestKey())
                .param("at", Timestamp.from(refund.createdAt()))
                .update();
        if (refund.lines().isEmpty()) return;
        Rows.of(refund.lines())
                .bigint(_ -> refund.orderId())
                .bigint(_ -> refund.id())
                .integer(Refund.Line::line)
                .bigint(Refund.Line::quantity)
                .bigint(Refund.Line::amount)
                .update(jdbc, """
                        INSERT INTO orders.refund_lines (order_id, refund_id, line, quantity, amount)
                        SELECT * FROM unnest(?, ?, ?, ?, ?)
                        """);
    }

    /**
     * Counts lines as given back. The caller has locked the order.
     *
     * @return false when it is more than was sold and is left: the caller takes its transaction back
     */
    boolean take(long orderId, List<Refund.Line> lines) {
        var taken = Rows.of(lines)
                .bigint(_ -> orderId)
                .integer(Refund.Line::line)
                .bigint(Refund.Line::quantity)
                .update(jdbc, """
                        INSERT INTO orders.credited AS credited (order_id, line, sold, credited)
                        SELECT given.order_id, given.line, sold, given.quantity
                        FROM unnest(?, ?, ?) AS given (order_id, line, quantity)
                        JOIN orders.orders ON orders.id = given.order_id
                        LEFT JOIN orders.lines ON lines.order_id = given.order_id AND lines.line = given.line
                        CROSS JOIN LATERAL (
                            SELECT CASE WHEN given.line = 0 THEN orders.shipping ELSE lines.quantity END AS sold) AS was
                        WHERE given.quantity <= sold
                        ON CONFLICT (order_id, line) DO UPDATE SET credited = credited.credited + excluded.credited
                        WHERE credited.credited + excluded.credited <= credited.sold
                        """);
        return taken == lines.size();
    }

    /** Takes off again what a refund counted that was not paid out. */
    void giveUp(long orderId, long refundId) {
        client.sql("""
                        UPDATE orders.credited SET credited = credited - refund_lines.quantity
                        FROM orders.refund_lines
                        WHERE refund_lines.order_id = :order AND refund_lines.refund_id = :refund
                          AND credited.order_id = refund_lines.order_id AND credited.line = refund_lines.line
                        """).param("order", orderId).param("refund", refundId).update();
    }

    /** @return false when it was completed before */
    boolean complete(long orderId, long refundId, Refund.State state) {
        return client.sql("""
                        UPDATE orders.refunds SET state = :state, completed_at = now()
                        WHERE order_id = :order AND id = :refund AND state = 'pending'
                        """)
                        .param("order", orderId)
                        .param("refund", refundId)
                        .param("state", state.code())
                        .update()
                == 1;
    }

    /** Of one that was completed: not everything that was paid out has stayed there. */
    void amend(long orderId, long refundId, Refund.State state) {
        client.sql("""
                        UPDATE orders.refunds SET state = :state, completed_at = now()
                        WHERE order_id = :order AND id = :refund AND state <> 'pending'
                        """)
                .param("order", orderId)
                .param("refund", refundId)
                .param("state", state.code())
                .update();
    }

    Optional<Refund> find(long orderId, long id) {
        return ofOrder(orderId).stream().filter(refund -> refund.id() == id).findFirst();
    }

    /** The refunds of an order, the oldest first. */
    List<Refund> ofOrder(long orderId) {
        var lines = lines(orderId);
        return client.sql("SELECT * FROM orders.refunds WHERE order_id = :order ORDER BY created_at, id")
                .param("order", orderId)
                .query((row, number) -> refund(row, lines.getOrDefault(row.getLong("id"), List.of())))
                .list();
    }

    private Map<Long, List<Refund.Line>> lines(long orderId) {
        return client
                .sql("SELECT * FROM orders.refund_lines WHERE order_id = :order ORDER BY refund_id, line")
                .param("order", orderId)
                .query((row, number) -> Map.entry(
                        row.getLong("refund_id"),
                        new Refund.Line(row.getInt("line"), row.getLong("quantity"), row.getLong("amount"))))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    /** How many of each line, and how much of the shipping (line 0), credits and refunds give back. */
    Map<Integer, Long> credited(long orderId) {
        return client
                .sql("SELECT line, credited FROM orders.credited WHERE order_id = :order")
                .param("order", orderId)
                .query((row, number) -> Map.entry(row.getInt(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** What credits and refunds give back for each line, and for the shipping (line 0), in minor units. */
    Map<Integer, Long> creditedAmounts(long orderId) {
        return client
                .sql("""
                        SELECT line, sum(amount)::bigint
                        FROM (
                            SELECT line, refund_lines.amount
                            FROM orders.refund_lines JOIN orders.refunds USING (order_id)
                            WHERE order_id = :order AND refunds.id = refund_id AND state <> 'failed'
                            UNION ALL
                            SELECT order_line, credit_lines.total
                            FROM orders.credit_lines JOIN orders.credits ON credits.id = credit_id
                            WHERE order_id = :order
                        ) AS given
                        GROUP BY line
                        """)
                .param("order", orderId)
                .query((row, number) -> Map.entry(row.getInt(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Refund refund(ResultSet row, List<Refund.Line> lines) throws SQLException {
        return new Refund(
                row.getLong("order_id"),
                row.getLong("id"),
                Refund.State.ofCode(row.getString("state")),
                Money.of(row.getLong("amount"), row.getString("currency")),
                new Refund.Parts(
                        row.getLong("goods"), row.getLong("shipping"), row.getLong("tax"), row.getLong("credit")),
                row.getString("reason"),
                row.getString("note"),
                row.getString("actor"),
                row.getString("request_key"),
                row.getTimestamp("created_at").toInstant(),
                lines);
    }
}
