package kontor.payments;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import kontor.database.Rows;
import kontor.database.Statements;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class PaymentStore {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    PaymentStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    void insert(Statements statements, List<Payment> payments) {
        statements.add(
                """
                INSERT INTO payments.payments (order_id, id, method, gateway, currency, amount, status, captured)
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Rows.of(payments)
                        .bigint(Payment::orderId)
                        .bigint(Payment::id)
                        .text(Payment::method)
                        .text(Payment::gateway)
                        .text(payment -> payment.amount().currency().getCurrencyCode())
                        .bigint(payment -> payment.amount().minorUnits())
                        .text(payment -> payment.status().code())
                        .bigint(Payment::captured));
    }

    /** Locks a payment that can be given up until the transaction ends. @return false when it cannot be any more */
    boolean lockVoidable(long orderId, long paymentId) {
        return client.sql("""
                        SELECT id FROM payments.payments
                        WHERE order_id = :order AND id = :payment
                          AND status IN ('requires_action', 'authorized') AND captured = refunded
                          AND capturing = 0 AND refunding = 0
                        FOR UPDATE
                        """)
                .param("order", orderId)
                .param("payment", paymentId)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** The check of the table refuses more than was captured. */
    void payBack(List<Payments.PaidBack> amounts) {
        var orders = amounts.stream().map(Payments.PaidBack::orderId).distinct().count();
        var updated = Rows.of(amounts)
                .bigint(Payments.PaidBack::orderId)
                .bigint(Payments.PaidBack::amount)
                .update(jdbc, """
                        UPDATE payments.payments
                        SET refunded = payments.refunded + back.amount, updated_at = now()
                        FROM (SELECT order_id, sum(amount)::bigint AS amount
                              FROM unnest(?, ?) AS each (order_id, amount)
                              GROUP BY order_id) AS back
                        WHERE payments.order_id = back.order_id AND method = 'invoice' AND captured > 0
                        """);
        if (updated != orders) throw new DataIntegrityViolationException("an order without a captured payment");
    }

    /** The check of the table refuses more than is due. */
    void lowerInvoices(List<Payments.PaidBack> amounts) {
        var orders = amounts.stream().map(Payments.PaidBack::orderId).distinct().count();
        var updated = Rows.of(amounts)
                .bigint(Payments.PaidBack::orderId)
                .bigint(Payments.PaidBack::amount)
                .update(jdbc, """
                        UPDATE payments.payments
                        SET replaced = payments.replaced + less.amount, updated_at = now()
                        FROM (SELECT order_id, sum(amount)::bigint AS amount
                              FROM unnest(?, ?) AS each (order_id, amount)
                              GROUP BY order_id) AS less
                        WHERE payments.order_id = less.order_id AND method = 'invoice' AND status = 'open'
                        """);
        if (updated != orders) throw new DataIntegrityViolationException("an order without an open invoice");
    }

    int voidInvoices(long orderId) {
        return client.sql("""
                        UPDATE payments.payments SET status = 'voided', updated_at = now()
                        WHERE order_id = :order AND method = 'invoice' AND status = 'open'
                        """).param("order", orderId).update();
    }

    List<Payment> ofOrders(List<Long> orderIds) {
        return Rows.of(orderIds)
                .bigint(Long::longValue)
                .query(
                        jdbc,
                        "SELECT * FROM payments.payments WHERE order_id = ANY (?) ORDER BY order_id, created_at, id",
                        (row, number) -> payment(row));
    }

    Optional<Payment> find(long id, @Nullable Long customerId) {
        return client.sql("""
                        SELECT payments.* FROM payments.payments
                        WHERE id = :id
                          AND (:customer::bigint IS NULL
                               OR order_id IN (SELECT id FROM orders.orders WHERE customer_id = :customer))
                        """)
                .param("id", id)
                .param("customer", customerId)
                .query((row, number) -> payment(row))
                .optional();
    }

    List<Payment> waitingSince(Duration patience, int limit) {
        return client.sql("""
                        SELECT * FROM payments.payments
                        WHERE status = 'requires_action' AND updated_at < now() - make_interval(secs => :seconds)
                          AND EXISTS (
                              SELECT FROM payments.payments AS invoice
                              WHERE invoice.order_id = payments.order_id AND invoice.method = 'invoice')
                          AND NOT EXISTS (
                              SELECT FROM payments.operations
                              WHERE operations.order_id = payments.order_id AND payment_id = payments.id
                                AND (state IN ('intent', 'unknown')
                                     -- Refused a moment ago: the same would be heard again.
                                     OR kind = 'void' AND created_at > now() - interval '5 minutes'))
                          AND NOT EXISTS (
                              SELECT FROM payments.work_items
                              WHERE work_items.kind = 'unexpected_state' AND subject = 'payment ' || payments.id
                                AND resolved_at IS NULL)
                        ORDER BY updated_at LIMIT :limit
                        """)
                .param("seconds", (double) patience.toSeconds())
                .param("limit", limit)
                .query((row, number) -> payment(row))
                .list();
    }

    /** Payments that wait for their buyers at these gateways. */
    List<Payment> waitingAt(List<String> gateways) {
        return Rows.of(gateways)
                .text(name -> name)
                .query(
                        jdbc,
                        "SELECT * FROM payments.payments WHERE status = 'requires_action' AND gateway = ANY (?) ORDER BY id",
                        (row, number) -> payment(row));
    }

    /**
     * The payment that a gateway's message is about.
     *
     * @param paymentId as the gateway kept it for us; null when it did not
     * @param reference the gateway's name for it
     */
    Optional<Payment> paymentOf(String gateway, @Nullable Long paymentId, @Nullable String reference) {
        // Two questions and not one with "or": each has an index, and the table may be large.
        return client.sql("""
                        SELECT * FROM payments.payments
                        WHERE gateway = :gateway AND id = :payment
                        UNION ALL
                        SELECT payments.* FROM payments.operations
                        JOIN payments.payments ON payments.order_id = operations.order_id AND payments.id = payment_id
                        WHERE operations.gateway = :gateway AND operations.gateway_reference = :reference
                        LIMIT 1
                        """)
                .param("gateway", gateway)
                .param("payment", paymentId)
                .param("reference", reference)
                .query((row, number) -> payment(row))
                .optional();
    }

    /** How many payments have begun and not ended, by state; states without any are missing. */
    Map<String, Long> countUnderWay() {
        return client.sql("""
                        SELECT status, count(*) FROM payments.payments
                        WHERE status IN ('created', 'requires_action', 'authorized', 'unknown')
                        GROUP BY status
                        """).query((row, number) -> Map.entry(row.getString(1), row.getLong(2))).list().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    UUID installation() {
        return client.sql("SELECT id FROM payments.installation")
                .query(UUID.class)
                .single();
    }

    static Payment payment(ResultSet row) throws SQLException {
        return new Payment(
                row.getLong("order_id"),
                row.getLong("id"),
                row.getString("method"),
                row.getString("gateway"),
                Money.of(row.getLong("amount"), row.getString("currency")),
                PaymentStatus.ofCode(row.getString("status")),
                row.getLong("captured"),
                row.getString("gateway_reference"),
                new Payment.Balance(
                        row.getLong("capturing"),
                        row.getLong("refunded"),
                        row.getLong("refunding"),
                        row.getLong("replaced"),
                        row.getLong("disputed"),
                        row.getBoolean("late")));
    }
}
