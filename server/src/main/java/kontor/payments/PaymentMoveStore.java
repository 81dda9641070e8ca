package kontor.payments;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** The limits of payments: each is an update whose row count decides, with the checks of the table behind it. */
@Repository
class PaymentMoveStore {
    private final JdbcClient client;

    PaymentMoveStore(JdbcClient client) {
        this.client = client;
    }

    private StatementSpec on(Payment payment, String sql) {
        return client.sql(sql).param("order", payment.orderId()).param("payment", payment.id());
    }

    private StatementSpec on(Operation operation, String sql) {
        return client.sql(sql)
                .param("order", operation.orderId())
                .param("payment", operation.paymentId())
                .param("amount", operation.amount().minorUnits());
    }

    /** @return what was captured before, in minor units; empty when less is left to capture */
    Optional<Long> startCapturing(Payment payment, long amount) {
        return on(payment, """
                        UPDATE payments.payments SET capturing = capturing + :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment AND status = 'authorized' AND NOT late
                          AND captured + capturing + :amount <= amount
                        RETURNING captured
                        """).param("amount", amount).query(Long.class).optional();
    }

    boolean startRefunding(Payment payment, long amount) {
        return on(payment, """
                        UPDATE payments.payments SET refunding = refunding + :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment
                          AND refunded + refunding + disputed + :amount <= captured
                        """).param("amount", amount).update() == 1;
    }

    /** Of an invoice: what another payment will take in its place. */
    boolean setAside(Payment invoice, long amount) {
        return on(invoice, """
                        UPDATE payments.payments SET capturing = capturing + :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment AND method = 'invoice' AND status = 'open'
                          AND captured + capturing + replaced + :amount <= amount
                        """).param("amount", amount).update() == 1;
    }

    /** @return false when another payment of the order is under way */
    boolean insert(Payment payment) {
        return on(payment, """
                        INSERT INTO payments.payments (order_id, id, method, gateway, currency, amount, status)
                        VALUES (:order, :payment, 'card', :gateway, :currency, :amount, 'created')
                        ON CONFLICT (order_id)
                            WHERE method = 'card' AND status IN ('created', 'requires_action', 'authorized', 'unknown')
                            DO NOTHING
                        """)
                        .param("gateway", payment.gateway())
                        .param("currency", payment.amount().currency().getCurrencyCode())
                        .param("amount", payment.amount().minorUnits())
                        .update()
                == 1;
    }

    /** Money that came past any gateway. */
    boolean receive(Payment invoice, long amount) {
        return on(invoice, """
                        UPDATE payments.payments
                        SET captured = captured + :amount, updated_at = now(),
                            status = CASE WHEN captured + replaced + :amount = amount THEN 'captured' ELSE status END
                        WHERE order_id = :order AND id = :payment AND method = 'invoice' AND status = 'open'
                          AND captured + capturing + replaced + :amount <= amount
                        """).param("amount", amount).update() == 1;
    }

    /** Money that went back past any gateway. */
    boolean giveBack(Payment payment, long amount) {
        return on(payment, """
                        UPDATE payments.payments SET refunded = refunded + :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment
                          AND refunded + refunding + disputed + :amount <= captured
                        """).param("amount", amount).update() == 1;
    }

    /** The compare-and-set of an operation: who finds it open settles it. */
    boolean settle(Operation operation, PaymentVerdict verdict) {
        return on(operation, """
                        UPDATE payments.operations
                        SET state = :state, code = :code, attempts = attempts + 1, updated_at = now(),
                            gateway_reference = coalesce(:reference, gateway_reference),
                            own_reference = coalesce(:own_reference, own_reference),
                            next_attempt_at = now() + (ARRAY['5 s', '15 s', '1 min', '5 min', '15 min', '1 h'])
                                [least(attempts + 1, 6)]::interval
                        WHERE order_id = :order AND payment_id = :payment AND id = :id
                          AND (state IN ('intent', 'unknown') OR state = 'waiting' AND :state IN ('succeeded', 'failed'))
                          AND (:state NOT IN ('unknown', 'waiting') OR epoch = :epoch)
                        """)
                        .param("id", operation.id())
                        .param("epoch", operation.epoch())
                        .param("state", verdict.state().code())
                        .param("code", verdict.code())
                        .param("reference", verdict.reference())
                        .param("own_reference", verdict.ownReference())
                        .update()
                == 1;
    }

    void putStatus(Operation operation, PaymentStatus status, @Nullable String reference) {
        on(operation, """
                        UPDATE payments.payments
                        SET status = :status, gateway_reference = coalesce(:reference, gateway_reference), updated_at = now()
                        WHERE order_id = :order AND id = :payment
                        """)
                .param("status", status.code())
                .param("reference", reference)
                .update();
    }

    void captureAtOnce(Operation authorize, @Nullable String reference) {
        on(authorize, """
                        UPDATE payments.payments
                        SET status = 'captured', captured = captured + :amount, updated_at = now(),
                            gateway_reference = coalesce(:reference, gateway_reference)
                        WHERE order_id = :order AND id = :payment
                        """).param("reference", reference).update();
    }

    void capture(Operation capture) {
        on(capture, """
                        UPDATE payments.payments
                        SET captured = captured + :amount, capturing = capturing - :amount, updated_at = now(),
                            status = CASE WHEN :last OR captured + :amount = amount THEN 'captured' ELSE status END
                        WHERE order_id = :order AND id = :payment
                        """).param("last", capture.last()).update();
    }

    /** @param holdIsGone then what was captured before is all there will be */
    void stopCapturing(Operation capture, boolean holdIsGone) {
        on(capture, """
                        UPDATE payments.payments
                        SET capturing = capturing - :amount, updated_at = now(),
                            status = CASE WHEN NOT :gone THEN status WHEN captured = 0 THEN 'voided' ELSE 'captured' END
                        WHERE order_id = :order AND id = :payment
                        """).param("gone", holdIsGone).update();
    }

    void refund(Operation refund) {
        on(refund, """
                        UPDATE payments.payments
                        SET refunded = refunded + :amount, refunding = refunding - :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment
                        """).update();
    }

    void stopRefunding(Operation refund) {
        on(refund, """
                        UPDATE payments.payments SET refunding = refunding - :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment
                        """).update();
    }

    /** One statement, so that neither half is done without the other. */
    boolean refundCameBack(Operation refund, String code) {
        return on(refund, """
                        WITH back AS (
                            UPDATE payments.operations SET state = 'failed', code = :code, updated_at = now()
                            WHERE order_id = :order AND payment_id = :payment AND id = :id AND kind = 'refund'
                              AND state = 'succeeded'
                            RETURNING order_id, payment_id
                        )
                        UPDATE payments.payments SET refunded = refunded - :amount, updated_at = now()
                        FROM back WHERE payments.order_id = back.order_id AND payments.id = back.payment_id
                        """).param("id", refund.id()).param("code", code).update() == 1;
    }

    /** What was set aside has been taken; an invoice that nothing is left of has ended. */
    void replaceInvoice(long orderId, long amount) {
        client.sql("""
                        UPDATE payments.payments
                        SET capturing = capturing - :amount, replaced = replaced + :amount, updated_at = now(),
                            status = CASE WHEN captured + replaced + :amount < amount THEN status
                                          WHEN captured > 0 THEN 'captured' ELSE 'voided' END
                        WHERE order_id = :order AND method = 'invoice'
                        """).param("order", orderId).param("amount", amount).update();
    }

    void releaseInvoice(long orderId, long amount) {
        client.sql("""
                        UPDATE payments.payments SET capturing = capturing - :amount, updated_at = now()
                        WHERE order_id = :order AND method = 'invoice'
                        """).param("order", orderId).param("amount", amount).update();
    }

    /** Of a hold that was captured in part, what was taken stays on record as that. */
    void giveUp(Operation voided) {
        on(voided, """
                        UPDATE payments.payments
                        SET status = CASE WHEN captured = 0 THEN 'voided' ELSE 'captured' END, updated_at = now()
                        WHERE order_id = :order AND id = :payment AND :amount >= 0
                          AND status IN ('created', 'requires_action', 'authorized', 'unknown')
                        """).update();
    }

    /** @return whether an authorization was waiting */
    boolean endWaiting(Operation voided) {
        return on(voided, """
                        UPDATE payments.operations SET state = 'failed', code = 'voided', updated_at = now()
                        WHERE order_id = :order AND payment_id = :payment AND state = 'waiting' AND :amount >= 0
                        """).update() > 0;
    }

    boolean takeLate(Payment ended, String reference) {
        return on(ended, """
                        UPDATE payments.payments
                        SET status = 'captured', captured = amount, late = true, gateway_reference = :reference,
                            updated_at = now()
                        WHERE order_id = :order AND id = :payment AND method = 'card' AND status IN ('failed', 'voided')
                          AND captured = 0
                        """).param("reference", reference).update() == 1;
    }

    boolean holdLate(Payment ended, String reference) {
        return on(ended, """
                        UPDATE payments.payments
                        SET status = 'authorized', late = true, gateway_reference = :reference, updated_at = now()
                        WHERE order_id = :order AND id = :payment AND method = 'card' AND status IN ('failed', 'voided')
                          AND captured = 0
                          AND NOT EXISTS (
                              SELECT FROM payments.payments AS other
                              WHERE other.order_id = :order AND other.method = 'card'
                                AND other.status IN ('created', 'requires_action', 'authorized', 'unknown'))
                        """).param("reference", reference).update() == 1;
    }

    boolean holdGone(Payment held) {
        return on(held, """
                        UPDATE payments.payments
                        SET status = CASE WHEN captured = 0 THEN 'voided' ELSE 'captured' END, updated_at = now()
                        WHERE order_id = :order AND id = :payment AND status = 'authorized' AND capturing = 0
                        """).update() == 1;
    }

    List<PaymentMoves.Made> madeBy(long orderId, String actor, String requestKey) {
        return client.sql("""
                        SELECT * FROM payments.operations
                        WHERE order_id = :order AND actor = :actor AND request_key = :key
                        ORDER BY id
                        """)
                .param("order", orderId)
                .param("actor", actor)
                .param("key", requestKey)
                .query((row, number) -> made(row))
                .list();
    }

    List<PaymentMoves.Made> ofRefund(long orderId, long refundId) {
        return client.sql("""
                        SELECT * FROM payments.operations
                        WHERE order_id = :order AND refund_id = :refund
                        ORDER BY id
                        """)
                .param("order", orderId)
                .param("refund", refundId)
                .query((row, number) -> made(row))
                .list();
    }

    private static PaymentMoves.Made made(ResultSet row) throws SQLException {
        return new PaymentMoves.Made(
                OperationStore.operation(row), Operation.State.ofCode(row.getString("state")), row.getString("code"));
    }
}
