package kontor.orders;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import kontor.money.Money;
import kontor.web.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

@Repository
class RequestedRefundStore {
    private final JdbcClient client;
    private final JsonMapper json;

    RequestedRefundStore(JdbcClient client, JsonMapper json) {
        this.client = client;
        this.json = json;
    }

    /**
     * @param caller a user, or a program of theirs
     * @return its id; empty when one is open for the order already
     */
    Optional<Long> insert(long orderId, Money amount, RefundRequest asked, Caller caller) {
        return client.sql("""
                        INSERT INTO orders.refund_requests (order_id, currency, amount, asked, requested_by, requester_id)
                        VALUES (:order, :currency, :amount, :asked::jsonb, :by, :user)
                        ON CONFLICT (order_id) WHERE state = 'requested' DO NOTHING
                        RETURNING id
                        """)
                .param("order", orderId)
                .param("currency", amount.currency().getCurrencyCode())
                .param("amount", amount.minorUnits())
                .param("asked", json.writeValueAsString(asked))
                .param("by", caller.principal())
                .param("user", caller.userId())
                .query(Long.class)
                .optional();
    }

    /**
     * Decides on one that is open.
     *
     * @param refundId what comes of one that is approved
     * @return false when it is not open any more: somebody else was faster
     */
    boolean decide(
            long id, RequestedRefund.State state, @Nullable String decision, Caller caller, @Nullable Long refundId) {
        return client.sql("""
                        UPDATE orders.refund_requests
                        SET state = :state, decided_by = :by, decider_id = :user, decided_at = now(), decision = :decision,
                            refund_id = :refund
                        WHERE id = :id AND state = 'requested'
                        """)
                        .param("id", id)
                        .param("state", state.code())
                        .param("by", caller.principal())
                        .param("user", caller.isUser() ? Long.valueOf(caller.userId()) : null)
                        .param("decision", decision)
                        .param("refund", refundId)
                        .update()
                == 1;
    }

    Optional<RequestedRefund> find(long id) {
        return client.sql("SELECT * FROM orders.refund_requests WHERE id = :id")
                .param("id", id)
                .query((row, number) -> request(row))
                .optional();
    }

    Optional<RequestedRefund> openOf(long orderId) {
        return client.sql("SELECT * FROM orders.refund_requests WHERE order_id = :order AND state = 'requested'")
                .param("order", orderId)
                .query((row, number) -> request(row))
                .optional();
    }

    /**
     * Those with ids below {@code before}, newest first.
     *
     * @param state in which state; null for every state
     * @param orderId of which order; null for every order
     */
    List<RequestedRefund> list(long before, int limit, RequestedRefund.@Nullable State state, @Nullable Long orderId) {
        var sql = new StringBuilder("SELECT * FROM orders.refund_requests WHERE id < :before");
        if (state != null) sql.append(" AND state = :state");
        if (orderId != null) sql.append(" AND order_id = :order");
        return client.sql(sql.append(" ORDER BY id DESC LIMIT :limit").toString())
                .param("before", before)
                .param("limit", limit)
                .param("state", state == null ? null : state.code())
                .param("order", orderId)
                .query((row, number) -> request(row))
                .list();
    }

    private RequestedRefund request(ResultSet row) throws SQLException {
        var decidedAt = row.getTimestamp("decided_at");
        return new RequestedRefund(
                row.getLong("id"),
                row.getLong("order_id"),
                RequestedRefund.State.ofCode(row.getString("state")),
                Money.of(row.getLong("amount"), row.getString("currency")),
                json.readValue(row.getString("asked"), RefundRequest.class),
                row.getString("requested_by"),
                row.getLong("requester_id"),
                row.getTimestamp("requested_at").toInstant(),
                row.getString("decided_by"),
                decidedAt == null ? null : decidedAt.toInstant(),
                row.getString("decision"),
                row.getObject("refund_id", Long.class));
    }
}
