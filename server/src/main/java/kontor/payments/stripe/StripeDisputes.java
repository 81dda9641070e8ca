package kontor.payments.stripe;

import com.stripe.model.Dispute;
import java.util.Objects;
import kontor.payments.DisputeNews;
import kontor.payments.DisputeNews.Status;
import org.jspecify.annotations.Nullable;

/** What Stripe says of a dispute, in our words. */
final class StripeDisputes {
    private StripeDisputes() {}

    /**
     * An inquiry, at Stripe a {@code warning_…}, is a dispute for which nothing is withdrawn.
     *
     * @return {@code null} when it says nothing we know
     */
    static @Nullable DisputeNews newsOf(Dispute dispute) {
        var id = Objects.requireNonNull(dispute.getId(), "a dispute without id");
        var status = statusOf(Objects.requireNonNull(dispute.getStatus(), "a dispute without status"));
        if (status == null) return null;
        var amount = StripeAnswers.moneyOf(dispute.getAmount(), dispute.getCurrency());
        var reason = dispute.getReason() == null ? null : StripeAnswers.oneLine(dispute.getReason());
        return new DisputeNews(id, amount, status, isWithdrawn(dispute), reason);
    }

    private static @Nullable Status statusOf(String status) {
        return switch (status) {
            case "needs_response", "under_review", "warning_needs_response", "warning_under_review" -> Status.OPEN;
            case "won", "warning_closed" -> Status.WON;
            case "lost" -> Status.LOST;
            default -> null;
        };
    }

    /** As its movements of the balance say: one takes the amount, another may give it back. */
    private static boolean isWithdrawn(Dispute dispute) {
        var movements = dispute.getBalanceTransactions();
        if (movements == null) return false;
        return movements.stream()
                        .mapToLong(movement -> Objects.requireNonNullElse(movement.getAmount(), 0L))
                        .sum()
                < 0;
    }
}
