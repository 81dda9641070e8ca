package kontor.payments;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kontor.payments.WorkItems.Kind;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class WorkItemStore {
    private static final String SERVER = "server";
    private static final int LONGEST_DETAIL = 1000;

    private final JdbcClient client;

    WorkItemStore(JdbcClient client) {
        this.client = client;
    }

    /** @return false when one was open already */
    boolean open(Kind kind, WorkItems.Subject subject, String detail) {
        return client.sql("""
                        INSERT INTO payments.work_items AS item (kind, subject, detail, order_id, payment_id, operation_id)
                        VALUES (:kind, :subject, :detail, :order, :payment, :operation)
                        ON CONFLICT (kind, subject) WHERE resolved_at IS NULL
                            DO UPDATE SET seen_at = now(), detail = excluded.detail
                        RETURNING opened_at = seen_at
                        """)
                .param("kind", kind.code())
                .param("subject", subject.key())
                .param("detail", detail.length() > LONGEST_DETAIL ? detail.substring(0, LONGEST_DETAIL) : detail)
                .param("order", subject.orderId())
                .param("payment", subject.paymentId())
                .param("operation", subject.operationId())
                .query(Boolean.class)
                .single();
    }

    void settled(Kind kind, String subject, String resolution) {
        client.sql("""
                        UPDATE payments.work_items SET resolved_at = now(), resolved_by = :by, resolution = :resolution
                        WHERE kind = :kind AND subject = :subject AND resolved_at IS NULL
                        """)
                .param("kind", kind.code())
                .param("subject", subject)
                .param("by", SERVER)
                .param("resolution", resolution)
                .update();
    }

    boolean resolve(long id, String actor, String resolution) {
        return client.sql("""
                        UPDATE payments.work_items SET resolved_at = now(), resolved_by = :by, resolution = :resolution
                        WHERE id = :id AND resolved_at IS NULL
                        """)
                        .param("id", id)
                        .param("by", actor)
                        .param("resolution", resolution)
                        .update()
                == 1;
    }

    /** @param before ids below it, newest first */
    List<WorkItem> list(long before, int limit, @Nullable Kind kind, @Nullable Long orderId, boolean alsoResolved) {
        return client.sql("""
                        SELECT * FROM payments.work_items
                        WHERE id < :before AND (:resolved OR resolved_at IS NULL)
                          AND (:kind::text IS NULL OR kind = :kind) AND (:order::bigint IS NULL OR order_id = :order)
                        ORDER BY id DESC LIMIT :limit
                        """)
                .param("before", before)
                .param("limit", limit)
                .param("resolved", alsoResolved)
                .param("kind", kind == null ? null : kind.code())
                .param("order", orderId)
                .query((row, number) -> item(row))
                .list();
    }

    Optional<WorkItem> find(long id) {
        return client.sql("SELECT * FROM payments.work_items WHERE id = :id")
                .param("id", id)
                .query((row, number) -> item(row))
                .optional();
    }

    void openForSilence() {
        client.sql("""
                        INSERT INTO payments.work_items (kind, subject, detail, order_id, payment_id, operation_id)
                        SELECT 'unknown_operation', 'operation ' || id, left(concat(kind, ': ', code), 1000),
                               order_id, payment_id, id
                        FROM payments.operations
                        WHERE state IN ('intent', 'unknown') AND created_at < now() - interval '23 hours'
                        ON CONFLICT (kind, subject) WHERE resolved_at IS NULL DO NOTHING
                        """).update();
    }

    void closeSettled() {
        client.sql("""
                        UPDATE payments.work_items
                        SET resolved_at = now(), resolved_by = :by, resolution = 'the gateway has answered: ' || state
                        FROM payments.operations
                        WHERE work_items.kind IN ('unknown_operation', 'strange_answer') AND resolved_at IS NULL
                          AND operations.order_id = work_items.order_id
                          AND operations.payment_id = work_items.payment_id
                          AND operations.id = work_items.operation_id
                          AND operations.state NOT IN ('intent', 'unknown')
                        """).param("by", SERVER).update();
    }

    /** Of late payments of which nothing is left to be given back. */
    void closeGivenBack() {
        client.sql("""
                        UPDATE payments.work_items
                        SET resolved_at = now(), resolved_by = :by, resolution = 'it has gone back'
                        FROM payments.payments
                        WHERE work_items.kind = 'late_payment' AND resolved_at IS NULL
                          AND payments.order_id = work_items.order_id AND payments.id = work_items.payment_id
                          AND late AND status IN ('captured', 'voided') AND captured = refunded
                        """).param("by", SERVER).update();
    }

    /** How many are open, by kind; kinds without any are missing. */
    Map<String, Long> countOpen() {
        return client
                .sql("SELECT kind, count(*) FROM payments.work_items WHERE resolved_at IS NULL GROUP BY kind")
                .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static WorkItem item(ResultSet row) throws SQLException {
        return new WorkItem(
                row.getLong("id"),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("detail"),
                row.getObject("order_id", Long.class),
                row.getObject("payment_id", Long.class),
                row.getObject("operation_id", Long.class),
                row.getTimestamp("opened_at").toInstant(),
                row.getTimestamp("seen_at").toInstant(),
                instant(row.getTimestamp("resolved_at")),
                row.getString("resolved_by"),
                row.getString("resolution"));
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
