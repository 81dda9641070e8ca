package kontor.reconciliation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class BreakStore {
    private static final String SERVER = "server";
    private static final String SHOWN = """
            SELECT breaks.*, line_id, balance_lines.kind AS line_kind, payment_reference, source,
                   extract(epoch FROM coalesce(resolved_at, now()) - opened_at)::bigint AS age
            FROM reconciliation.breaks
            LEFT JOIN reconciliation.balance_lines ON balance_lines.id = line
            """;

    private final JdbcClient client;

    BreakStore(JdbcClient client) {
        this.client = client;
    }

    /** @return its id; empty when the line has an open one */
    Optional<Long> open(BookLine line, BreakKind kind, @Nullable BookedFact fact, long amount) {
        return client.sql("""
                        INSERT INTO reconciliation.breaks (gateway, kind, line, transaction_id, order_id, payment_id, currency,
                            amount)
                        VALUES (:gateway, :kind, :line, :fact, :order, :payment, :currency, :amount)
                        ON CONFLICT (line) WHERE resolved_at IS NULL DO NOTHING
                        RETURNING id
                        """)
                .param("gateway", line.gateway())
                .param("kind", kind.code())
                .param("line", line.id())
                .param("fact", fact == null ? null : fact.transactionId())
                .param("order", line.orderId())
                .param("payment", line.paymentId())
                .param("currency", line.amount().currency().getCurrencyCode())
                .param("amount", amount)
                .query(Long.class)
                .optional();
    }

    /**
     * Opens one for each fact that the gateway has not listed in time.
     *
     * @return their ids
     */
    List<Long> openMissingThere(String gateway, Duration patience) {
        return client.sql("""
                        INSERT INTO reconciliation.breaks (gateway, kind, transaction_id, order_id, payment_id, currency, amount)
                        SELECT :gateway, 'missing_there', transactions.id, fact.order_id, fact.payment_id, entries.currency,
                               entries.amount
                        FROM (
                            SELECT 'operation' AS source_type, id AS source_id, order_id, payment_id
                            FROM payments.operations WHERE gateway = :gateway
                            UNION ALL
                            SELECT 'dispute', id, order_id, payment_id FROM payments.disputes WHERE gateway = :gateway
                        ) AS fact
                        JOIN ledger.transactions USING (order_id, source_type, source_id)
                        JOIN ledger.entries ON transaction_id = transactions.id AND account = 'gateway_clearing'
                        WHERE posted_at < now() - :patience * interval '1 millisecond'
                          AND NOT EXISTS (SELECT FROM reconciliation.matches WHERE matches.transaction_id = transactions.id)
                          AND NOT EXISTS (SELECT FROM reconciliation.breaks WHERE breaks.transaction_id = transactions.id)
                        ON CONFLICT (transaction_id) WHERE line IS NULL DO NOTHING
                        RETURNING id
                        """)
                .param("gateway", gateway)
                .param("patience", patience.toMillis())
                .query(Long.class)
                .list();
    }

    /** @return the ids of those that this has resolved */
    List<Long> settleOfLine(long line, String note) {
        return settle("line = :id", line, note);
    }

    /** @return the ids of those that this has resolved */
    List<Long> settleOfFact(long transactionId, String note) {
        return settle("transaction_id = :id AND line IS NULL", transactionId, note);
    }

    private List<Long> settle(String which, long id, String note) {
        return client.sql("""
                        UPDATE reconciliation.breaks SET resolved_at = now(), resolved_by = :by, note = :note
                        WHERE resolved_at IS NULL AND\s""" + which + " RETURNING id")
                .param("id", id)
                .param("by", SERVER)
                .param("note", note)
                .query(Long.class)
                .list();
    }

    boolean resolve(long id, String actor, String note) {
        return client.sql("""
                        UPDATE reconciliation.breaks SET resolved_at = now(), resolved_by = :by, note = :note
                        WHERE id = :id AND resolved_at IS NULL
                        """)
                        .param("id", id)
                        .param("by", actor)
                        .param("note", note)
                        .update()
                == 1;
    }

    Optional<Break> find(long id) {
        return client.sql(SHOWN + "WHERE breaks.id = :id")
                .param("id", id)
                .query((row, number) -> shown(row))
                .optional();
    }

    /** @param before ids below it, newest first */
    List<Break> list(long before, int limit, @Nullable String gateway, @Nullable BreakKind kind, boolean alsoResolved) {
        return client.sql(SHOWN + """
                        WHERE breaks.id < :before AND (:resolved OR resolved_at IS NULL)
                          AND (:gateway::text IS NULL OR breaks.gateway = :gateway)
                          AND (:kind::text IS NULL OR breaks.kind = :kind)
                        ORDER BY breaks.id DESC LIMIT :limit
                        """)
                .param("before", before)
                .param("limit", limit)
                .param("gateway", gateway)
                .param("kind", kind == null ? null : kind.code())
                .param("resolved", alsoResolved)
                .query((row, number) -> shown(row))
                .list();
    }

    /** Open for a day or longer, and without a work item: it was closed, and the break left as it was. */
    List<Long> forgotten() {
        return client.sql("""
                        SELECT id FROM reconciliation.breaks
                        WHERE resolved_at IS NULL AND opened_at < now() - interval '1 day'
                          AND NOT EXISTS (
                              SELECT FROM payments.work_items
                              WHERE work_items.kind = 'break' AND subject = 'break ' || breaks.id
                                AND work_items.resolved_at IS NULL)
                        """).query(Long.class).list();
    }

    private static Break shown(ResultSet row) throws SQLException {
        return new Break(
                row.getLong("id"),
                row.getString("gateway"),
                row.getString("kind"),
                Money.of(row.getLong("amount"), row.getString("currency")),
                row.getTimestamp("opened_at").toInstant(),
                row.getLong("age"),
                row.getString("line_id"),
                row.getString("line_kind"),
                row.getString("payment_reference"),
                row.getString("source"),
                row.getObject("transaction_id", Long.class),
                row.getObject("order_id", Long.class),
                row.getObject("payment_id", Long.class),
                instant(row.getTimestamp("resolved_at")),
                row.getString("resolved_by"),
                row.getString("note"));
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
