package kontor.payments;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kontor.database.Rows;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Writes answers about orders that wait for their payment, many in one statement. */
@Repository
class SettlementStore {
    private final JdbcTemplate jdbc;

    SettlementStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
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
                          -- Who took it up later knows better than one who was stopped with "not yet" in his hands; what is
                          -- final is a fact about the gateway, whoever brings it.
                          AND (answer.state NOT IN ('unknown', 'waiting') OR operations.epoch = answer.epoch)
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
}
