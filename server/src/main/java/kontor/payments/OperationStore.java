package kontor.payments;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import kontor.database.Rows;
import kontor.database.Statements;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Questions to gateways: written before they are asked, taken up again until there is an answer. */
@Repository
class OperationStore {
    private final JdbcClient client;

    OperationStore(JdbcClient client) {
        this.client = client;
    }

    void insertOperations(Statements statements, List<Operation> operations) {
        statements.add(
                """
                INSERT INTO payments.operations (order_id, payment_id, id, kind, gateway, currency, amount, captures,
                    token, return_url, gateway_reference, state, next_attempt_at)
                SELECT new.*, 'intent', now() + interval '5 seconds'
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS new
                """,
                Rows.of(operations)
                        .bigint(Operation::orderId)
                        .bigint(Operation::paymentId)
                        .bigint(Operation::id)
                        .text(operation -> operation.kind().code())
                        .text(Operation::gateway)
                        .text(operation -> operation.amount().currency().getCurrencyCode())
                        .bigint(operation -> operation.amount().minorUnits())
                        .bool(Operation::captures)
                        .text(Operation::token)
                        .text(Operation::returnUrl)
                        .text(Operation::reference));
    }

    /**
     * Writes one question, unless another about the payment is open.
     *
     * @return false when one is: nothing was written
     */
    boolean insertOperation(Operation operation, Operation.State state) {
        var cause = operation.cause();
        if (cause == null) throw new IllegalArgumentException("nobody wants operation " + operation.id());
        return client.sql("""
                        INSERT INTO payments.operations (order_id, payment_id, id, kind, gateway, currency, amount, captures,
                            token, return_url, gateway_reference, actor, request_key, reason, captured_before, last,
                            refund_id, state, next_attempt_at)
                        VALUES (:order, :payment, :id, :kind, :gateway, :currency, :amount, :captures,
                            :token, :return_url, :reference, :actor, :request_key, :reason, :captured_before, :last,
                            :refund, :state, now() + interval '5 seconds')
                        ON CONFLICT (order_id, payment_id) WHERE state IN ('intent', 'unknown') DO NOTHING
                        """)
                        .param("order", operation.orderId())
                        .param("payment", operation.paymentId())
                        .param("id", operation.id())
                        .param("kind", operation.kind().code())
                        .param("gateway", operation.gateway())
                        .param("currency", operation.amount().currency().getCurrencyCode())
                        .param("amount", operation.amount().minorUnits())
                        .param("captures", operation.captures())
                        .param("token", operation.token())
                        .param("return_url", operation.returnUrl())
                        .param("reference", operation.reference())
                        .param("actor", cause.actor())
                        .param("request_key", cause.requestKey())
                        .param("reason", cause.reason())
                        .param("captured_before", operation.capturedBefore())
                        .param("last", operation.last())
                        .param("refund", operation.refundId())
                        .param("state", state.code())
                        .update()
                == 1;
    }

    Optional<Operation.State> stateOfVoid(long orderId, String actor, String requestKey) {
        return client.sql("""
                        SELECT state FROM payments.operations
                        WHERE order_id = :order AND kind = 'void' AND actor = :actor AND request_key = :key
                        ORDER BY state = 'failed' LIMIT 1
                        """)
                .param("order", orderId)
                .param("actor", actor)
                .param("key", requestKey)
                .query((row, number) -> Operation.State.ofCode(row.getString("state")))
                .optional();
    }

    Optional<Operation> openOperation(long orderId, long paymentId) {
        return client.sql("""
                        SELECT * FROM payments.operations
                        WHERE order_id = :order AND payment_id = :payment AND state IN ('intent', 'unknown', 'waiting')
                        ORDER BY state = 'waiting' LIMIT 1
                        """)
                .param("order", orderId)
                .param("payment", paymentId)
                .query((row, number) -> operation(row))
                .optional();
    }

    List<Operation> unansweredOf(long orderId) {
        return client.sql("""
                        SELECT * FROM payments.operations
                        WHERE order_id = :order AND (state = 'unknown' OR state = 'intent' AND next_attempt_at <= now())
                        ORDER BY id
                        """)
                .param("order", orderId)
                .query((row, number) -> operation(row))
                .list();
    }

    Optional<Operation> waitingAuthorization(long orderId, long paymentId) {
        return client.sql("""
                        SELECT * FROM payments.operations
                        WHERE order_id = :order AND payment_id = :payment AND kind = 'authorize' AND state = 'waiting'
                        """)
                .param("order", orderId)
                .param("payment", paymentId)
                .query((row, number) -> operation(row))
                .optional();
    }

    /** The authorization that the payment goes back to: waiting, or done. */
    Optional<Operation> authorizationOf(long orderId, long paymentId) {
        return client.sql("""
                        SELECT * FROM payments.operations
                        WHERE order_id = :order AND payment_id = :payment AND kind = 'authorize'
                        """)
                .param("order", orderId)
                .param("payment", paymentId)
                .query((row, number) -> operation(row))
                .optional();
    }

    /** Where the buyer must go: kept as the code of the operation that waits for it. */
    Optional<String> actionOf(long orderId, long paymentId) {
        return client.sql("""
                        SELECT code FROM payments.operations
                        WHERE order_id = :order AND payment_id = :payment AND state = 'waiting'
                        ORDER BY id DESC LIMIT 1
                        """)
                .param("order", orderId)
                .param("payment", paymentId)
                .query(String.class)
                .optional();
    }

    /** The gateways that have open questions whose time to be asked about again has come. */
    List<String> gatewaysDue() {
        return client.sql("""
                        SELECT DISTINCT gateway FROM payments.operations
                        WHERE state IN ('intent', 'unknown') AND next_attempt_at <= now()
                        """).query(String.class).list();
    }

    /** Open questions to a gateway whose time to be asked about again has come; the next time is set at once, so that no other server takes them too. */
    List<Operation> takeDue(String gateway, int limit) {
        return client.sql("""
                        UPDATE payments.operations SET next_attempt_at = now() + interval '30 seconds', epoch = epoch + 1
                        WHERE (order_id, payment_id, id) IN (
                            SELECT order_id, payment_id, id FROM payments.operations
                            WHERE state IN ('intent', 'unknown') AND next_attempt_at <= now() AND gateway = :gateway
                            ORDER BY next_attempt_at
                            LIMIT :limit
                            FOR UPDATE SKIP LOCKED)
                        RETURNING *
                        """)
                .param("gateway", gateway)
                .param("limit", limit)
                .query((row, number) -> operation(row))
                .list();
    }

    /** Makes every open question due now. */
    void hasten() {
        client.sql("""
                        UPDATE payments.operations SET next_attempt_at = now()
                        WHERE state IN ('intent', 'unknown') AND next_attempt_at > now()
                        """).update();
    }

    /** Makes of every payment that waits for its buyer at these gateways an open question that is due now. */
    void askAboutWaiting(List<String> gateways) {
        client.sql("""
                        UPDATE payments.operations SET state = 'unknown', next_attempt_at = now()
                        WHERE state = 'waiting' AND gateway = ANY (string_to_array(:gateways, ','))
                          AND NOT EXISTS (
                              SELECT FROM payments.operations AS other
                              WHERE other.order_id = operations.order_id AND other.payment_id = operations.payment_id
                                AND other.state IN ('intent', 'unknown'))
                        """).param("gateways", String.join(",", gateways)).update();
    }

    long countDue() {
        return client.sql("""
                        SELECT count(*) FROM payments.operations
                        WHERE state IN ('intent', 'unknown') AND next_attempt_at <= now()
                        """).query(Long.class).single();
    }

    /** Gives questions that nobody could ask for a minute another time, so that they do not look forgotten. */
    void putOffOverdue(String gateway) {
        client.sql("""
                        UPDATE payments.operations SET next_attempt_at = now() + interval '20 seconds'
                        WHERE (order_id, payment_id, id) IN (
                            SELECT order_id, payment_id, id FROM payments.operations
                            WHERE state IN ('intent', 'unknown') AND gateway = :gateway
                              AND next_attempt_at <= now() - interval '1 minute'
                            FOR UPDATE SKIP LOCKED)
                        """).param("gateway", gateway).update();
    }

    /** How long ago the operation was written, by the database's clock. */
    Duration ageOf(Operation operation) {
        return Duration.ofSeconds(client.sql("""
                        SELECT extract(epoch FROM now() - created_at)::bigint FROM payments.operations
                        WHERE order_id = :order AND payment_id = :payment AND id = :id
                        """)
                .param("order", operation.orderId())
                .param("payment", operation.paymentId())
                .param("id", operation.id())
                .query(Long.class)
                .single());
    }

    /** An operation, and what is known of its answer. */
    record Known(Operation operation, Operation.State state) {}

    Operation.State stateOf(Operation operation) {
        return client.sql("""
                        SELECT state FROM payments.operations
                        WHERE order_id = :order AND payment_id = :payment AND id = :id
                        """)
                .param("order", operation.orderId())
                .param("payment", operation.paymentId())
                .param("id", operation.id())
                .query((row, number) -> Operation.State.ofCode(row.getString("state")))
                .single();
    }

    /**
     * Every operation at the gateway of the payment that this one belongs to, the newest first; none when there is no such
     * one there. What went past it, such as by bank transfer, is not its to tell about.
     */
    List<Known> operationsBeside(String gateway, long orderId, long operationId) {
        return client.sql("""
                        SELECT operations.* FROM payments.operations
                        JOIN payments.operations AS named USING (order_id, payment_id)
                        WHERE order_id = :order AND named.id = :id AND named.gateway = :gateway
                          AND operations.gateway = :gateway
                        ORDER BY operations.id DESC
                        """)
                .param("order", orderId)
                .param("id", operationId)
                .param("gateway", gateway)
                .query((row, number) -> new Known(operation(row), Operation.State.ofCode(row.getString("state"))))
                .list();
    }

    static Operation operation(ResultSet row) throws SQLException {
        return new Operation(
                row.getLong("order_id"),
                row.getLong("payment_id"),
                row.getLong("id"),
                Operation.Kind.ofCode(row.getString("kind")),
                row.getString("gateway"),
                Money.of(row.getLong("amount"), row.getString("currency")),
                row.getBoolean("captures"),
                row.getString("token"),
                row.getString("return_url"),
                row.getString("gateway_reference"),
                cause(row),
                row.getLong("captured_before"),
                row.getBoolean("last"),
                row.getObject("refund_id", Long.class),
                row.getString("own_reference"),
                row.getInt("epoch"));
    }

    private static Operation.@Nullable Cause cause(ResultSet row) throws SQLException {
        var actor = row.getString("actor");
        return actor == null ? null : new Operation.Cause(actor, row.getString("request_key"), row.getString("reason"));
    }
}
