package kontor.payments;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import kontor.money.Money;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What staff look at when a payment is not where it should be. */
@RestController
@Tag(name = "Payments")
class PaymentReadingController {
    private static final String READ = "payments:read";

    private final Payments payments;
    private final PaymentReadings readings;

    PaymentReadingController(Payments payments, PaymentReadings readings) {
        this.payments = payments;
        this.readings = readings;
    }

    /**
     * A question to a gateway, and what is known of the answer.
     *
     * @param code why it failed, what is unknown about it, or where the buyer must go
     * @param nextAttemptAt when the gateway is asked again; null when it has answered
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OperationView(
            long id,
            String kind,
            String state,
            String gateway,
            Money amount,
            @Nullable String code,
            @Nullable String reference,
            @Nullable Long refundId,
            @Nullable String actor,
            @Nullable String reason,
            int attempts,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant nextAttemptAt) {}

    /** @param withdrawn whether the gateway has taken the amount from our balance */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DisputeView(
            long id,
            long orderId,
            long paymentId,
            String gateway,
            String reference,
            Money amount,
            String status,
            boolean withdrawn,
            @Nullable String reason,
            Instant openedAt,
            Instant updatedAt) {}

    @Requires(READ)
    @GetMapping("/payments/{id}/operations")
    @io.swagger.v3.oas.annotations.Operation(
            summary = "What a payment's gateway was asked, and what it answered; the first question first")
    Page<OperationView> operations(@PathVariable long id) {
        var payment = payments.find(id, null).orElseThrow(() -> Refusal.notFound("payment"));
        return new Page<>(readings.operations(payment), null);
    }

    @Requires(READ)
    @GetMapping("/disputes")
    @io.swagger.v3.oas.annotations.Operation(summary = "Payments that buyers dispute, the newest first")
    Page<DisputeView> disputes(PageRequest page, @RequestParam(required = false) @Nullable String status) {
        if (status != null
                && List.of(DisputeNews.Status.values()).stream()
                        .noneMatch(s -> s.code().equals(status)))
            throw Refusal.ofField("status", "unknown", "must be open, won or lost");
        var found = readings.disputes(page.after(Long.MAX_VALUE), page.limit() + 1, Optional.ofNullable(status));
        return Page.of(found, page.limit(), dispute -> PageRequest.cursor(dispute.id()));
    }

    /** The queries behind it. */
    @Repository
    static class PaymentReadings {
        private final JdbcClient client;

        PaymentReadings(JdbcClient client) {
            this.client = client;
        }

        List<OperationView> operations(Payment payment) {
            return client.sql("""
                            SELECT * FROM payments.operations
                            WHERE order_id = :order AND payment_id = :payment ORDER BY created_at, id
                            """)
                    .param("order", payment.orderId())
                    .param("payment", payment.id())
                    .query((row, number) -> operation(row))
                    .list();
        }

        private static OperationView operation(ResultSet row) throws SQLException {
            var state = Operation.State.ofCode(row.getString("state"));
            var asksAgain = state == Operation.State.INTENT || state == Operation.State.UNKNOWN;
            var own = row.getString("own_reference");
            return new OperationView(
                    row.getLong("id"),
                    row.getString("kind"),
                    state.code(),
                    row.getString("gateway"),
                    Money.of(row.getLong("amount"), row.getString("currency")),
                    row.getString("code"),
                    own != null ? own : row.getString("gateway_reference"),
                    row.getObject("refund_id", Long.class),
                    row.getString("actor"),
                    row.getString("reason"),
                    row.getInt("attempts"),
                    row.getTimestamp("created_at").toInstant(),
                    row.getTimestamp("updated_at").toInstant(),
                    asksAgain ? row.getTimestamp("next_attempt_at").toInstant() : null);
        }

        List<DisputeView> disputes(long before, int limit, Optional<String> status) {
            return client.sql("""
                            SELECT * FROM payments.disputes
                            WHERE id < :before AND (:status::text IS NULL OR status = :status)
                            ORDER BY id DESC LIMIT :limit
                            """)
                    .param("before", before)
                    .param("limit", limit)
                    .param("status", status.orElse(null))
                    .query((row, number) -> new DisputeView(
                            row.getLong("id"),
                            row.getLong("order_id"),
                            row.getLong("payment_id"),
                            row.getString("gateway"),
                            row.getString("reference"),
                            Money.of(row.getLong("amount"), row.getString("currency")),
                            row.getString("status"),
                            row.getBoolean("withdrawn"),
                            row.getString("reason"),
                            row.getTimestamp("opened_at").toInstant(),
                            row.getTimestamp("updated_at").toInstant()))
                    .list();
        }
    }
}
