package kontor.payments;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import kontor.money.Money;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class DisputeStore {
    private final JdbcClient client;

    DisputeStore(JdbcClient client) {
        this.client = client;
    }

    Optional<Dispute> find(Payment payment, String reference) {
        return client.sql("SELECT * FROM payments.disputes WHERE gateway = :gateway AND reference = :reference")
                .param("gateway", payment.gateway())
                .param("reference", reference)
                .query((row, number) -> dispute(row))
                .optional();
    }

    Dispute insert(Payment payment, DisputeNews news) {
        return client.sql("""
                        INSERT INTO payments.disputes (gateway, reference, order_id, payment_id, currency, amount, status,
                            withdrawn, reason)
                        VALUES (:gateway, :reference, :order, :payment, :currency, :amount, 'open', false, :reason)
                        RETURNING *
                        """)
                .param("gateway", payment.gateway())
                .param("reference", news.reference())
                .param("order", payment.orderId())
                .param("payment", payment.id())
                .param("currency", news.amount().currency().getCurrencyCode())
                .param("amount", news.amount().minorUnits())
                .param("reason", news.reason())
                .query((row, number) -> dispute(row))
                .single();
    }

    /** Writes down one movement of the amount, and takes it off the payment or gives it back. */
    void moved(Dispute dispute, int movement) {
        var taken = movement % 2 == 1;
        client.sql("""
                        UPDATE payments.disputes SET movements = :movement, withdrawn = :taken, updated_at = now()
                        WHERE id = :id
                        """)
                .param("id", dispute.id())
                .param("movement", movement)
                .param("taken", taken)
                .update();
        client.sql("""
                        UPDATE payments.payments SET disputed = disputed + :amount, updated_at = now()
                        WHERE order_id = :order AND id = :payment
                        """)
                .param("order", dispute.orderId())
                .param("payment", dispute.paymentId())
                .param(
                        "amount",
                        taken
                                ? dispute.amount().minorUnits()
                                : -dispute.amount().minorUnits())
                .update();
    }

    void ended(Dispute dispute, DisputeNews.Status status) {
        client.sql("UPDATE payments.disputes SET status = :status, updated_at = now() WHERE id = :id")
                .param("id", dispute.id())
                .param("status", status.code())
                .update();
    }

    private static Dispute dispute(ResultSet row) throws SQLException {
        return new Dispute(
                row.getLong("id"),
                row.getString("gateway"),
                row.getString("reference"),
                row.getLong("order_id"),
                row.getLong("payment_id"),
                Money.of(row.getLong("amount"), row.getString("currency")),
                DisputeNews.Status.ofCode(row.getString("status")),
                row.getInt("movements"),
                row.getString("reason"));
    }
}
