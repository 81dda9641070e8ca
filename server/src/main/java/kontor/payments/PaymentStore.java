package kontor.payments;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /**
     * What an answer makes of an operation and its payment.
     *
     * @param status null when the payment stays as it is
     */
    private record Change(
            Operation operation,
            String state,
            @Nullable PaymentStatus status,
            long captured,
            @Nullable String reference,
            @Nullable String code) {
        static Change of(Payments.Settlement settlement) {
            var operation = settlement.operation();
            var begins = operation.kind() == Operation.Kind.AUTHORIZE;
            if (operation.kind() == Operation.Kind.VOID
                    && (settlement.answer() instanceof GatewayAnswer.Captured
                            || settlement.answer() instanceof GatewayAnswer.Authorized
                            || settlement.answer() instanceof GatewayAnswer.RequiresAction))
                throw new IllegalArgumentException("no answer to a void: " + settlement.answer());
            return switch (settlement.answer()) {
                case GatewayAnswer.Authorized held ->
                    new Change(operation, "succeeded", PaymentStatus.AUTHORIZED, 0, held.reference(), null);
                case GatewayAnswer.Captured(var _, var amount)
                when !amount.equals(operation.amount()) ->
                    new Change(
                            operation, "unknown", begins ? PaymentStatus.UNKNOWN : null, 0, null, "captured " + amount);
                case GatewayAnswer.Captured(var reference, var amount) ->
                    new Change(operation, "succeeded", PaymentStatus.CAPTURED, amount.minorUnits(), reference, null);
                case GatewayAnswer.RequiresAction(var reference, var redirect) ->
                    new Change(operation, "waiting", PaymentStatus.REQUIRES_ACTION, 0, reference, redirect.toString());
                case GatewayAnswer.Declined no ->
                    new Change(operation, "failed", begins ? PaymentStatus.FAILED : null, 0, no.reference(), no.code());
                case GatewayAnswer.Voided(var reference) ->
                    new Change(operation, begins ? "failed" : "succeeded", PaymentStatus.VOIDED, 0, reference, null);
                // A timeout is not a refusal, and a search that finds nothing may lag behind: the money may have moved.
                case GatewayAnswer.NoAnswer(var reason) ->
                    new Change(operation, "unknown", begins ? PaymentStatus.UNKNOWN : null, 0, null, reason);
                case GatewayAnswer.Pending(var reference) ->
                    new Change(
                            operation,
                            "unknown",
                            begins ? PaymentStatus.UNKNOWN : null,
                            0,
                            begins ? reference : null,
                            "pending");
                case GatewayAnswer.NotFound() ->
                    new Change(operation, "unknown", begins ? PaymentStatus.UNKNOWN : null, 0, null, "not found yet");
                case GatewayAnswer.Refunded refunded ->
                    throw new IllegalArgumentException("no operation here asks for " + refunded);
            };
        }
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

    /** The compare-and-set of operations: who finds one open settles it. Their payments follow. */
    Set<Long> settle(List<Payments.Settlement> settlements) {
        var changes = settlements.stream().map(Change::of).toList();
        var applied = new HashSet<Long>(Rows.of(changes)
                .bigint(change -> change.operation().orderId())
                .bigint(change -> change.operation().paymentId())
                .bigint(change -> change.operation().id())
                .text(Change::state)
                .text(Change::reference)
                .text(Change::code)
                .integer(change -> change.operation().epoch())
                .query(jdbc, """
                        UPDATE payments.operations
                        SET state = answer.state,
                            gateway_reference = coalesce(answer.reference, operations.gateway_reference),
                            code = answer.code,
                            attempts = attempts + 1,
                            next_attempt_at = now() + (ARRAY['5 s', '15 s', '1 min', '5 min', '15 min', '1 h'])
                                [least(attempts + 1, 6)]::interval,
                            updated_at = now()
                        FROM unnest(?, ?, ?, ?, ?, ?, ?) AS answer (order_id, payment_id, id, state, reference, code, epoch)
                        WHERE operations.order_id = answer.order_id AND operations.payment_id = answer.payment_id
                          AND operations.id = answer.id
                          AND (operations.state IN ('intent', 'unknown')
                               OR operations.state = 'waiting' AND answer.state IN ('succeeded', 'failed'))
                          -- Who took it up later knows better than one who was stopped with "no answer" in his hands.
                          AND (answer.state <> 'unknown' OR operations.epoch = answer.epoch)
                        RETURNING operations.id
                        """, (row, number) -> row.getLong(1)));
        Rows.of(changes.stream()
                        .filter(change -> applied.contains(change.operation().id()))
                        .toList())
                .bigint(change -> change.operation().orderId())
                .bigint(change -> change.operation().paymentId())
                .text(change -> change.status() == null ? null : change.status().code())
                .bigint(Change::captured)
                .text(Change::reference)
                .update(jdbc, """
                        UPDATE payments.payments
                        SET status = coalesce(answer.status, payments.status),
                            captured = payments.captured + answer.captured,
                            gateway_reference = coalesce(answer.reference, payments.gateway_reference),
                            updated_at = now()
                        FROM unnest(?, ?, ?, ?, ?) AS answer (order_id, payment_id, status, captured, reference)
                        WHERE payments.order_id = answer.order_id AND payments.id = answer.payment_id
                        """);
        var voided = changes.stream()
                .filter(change -> change.status() == PaymentStatus.VOIDED
                        && applied.contains(change.operation().id()))
                .toList();
        if (!voided.isEmpty())
            Rows.of(voided)
                    .bigint(change -> change.operation().orderId())
                    .bigint(change -> change.operation().paymentId())
                    .update(jdbc, """
                            UPDATE payments.operations SET state = 'failed', code = 'voided', updated_at = now()
                            FROM unnest(?, ?) AS payment (order_id, id)
                            WHERE operations.order_id = payment.order_id AND operations.payment_id = payment.id
                              AND operations.state = 'waiting'
                            """);
        return applied;
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
                        ORDER BY updated_at LIMIT :limit
                        """)
                .param("seconds", (double) patience.toSeconds())
                .param("limit", limit)
                .query((row, number) -> payment(row))
                .list();
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

    /** Every operation of the payment that this one belongs to, the newest first; none when there is no such one at the gateway. */
    List<Known> operationsBeside(String gateway, long orderId, long operationId) {
        return client.sql("""
                        SELECT operations.* FROM payments.operations
                        JOIN payments.operations AS named USING (order_id, payment_id)
                        WHERE order_id = :order AND named.id = :id AND named.gateway = :gateway
                        ORDER BY operations.id DESC
                        """)
                .param("order", orderId)
                .param("id", operationId)
                .param("gateway", gateway)
                .query((row, number) -> new Known(operation(row), Operation.State.ofCode(row.getString("state"))))
                .list();
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
