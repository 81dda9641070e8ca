package kontor.orders;

import java.time.Instant;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order about to be written for the first time. Amounts are minor units of its currency.
 *
 * @param customerId null for a guest
 * @param shippingAddress as JSON
 * @param actor who placed it: {@code user:17}, {@code guest}
 */
record NewOrder(
        long id,
        @Nullable Long customerId,
        @Nullable String email,
        Currency currency,
        OrderStatus status,
        PaymentState paymentStatus,
        List<OrderLine> lines,
        Totals totals,
        @Nullable String shippingOption,
        @Nullable String shippingAddress,
        String actor,
        Instant placedAt) {
    /** Whether it counts as held by a customer who has not paid; a guest has no account to count it with. */
    boolean isHeldAgainstCustomer() {
        // Nothing of it is paid in part yet, which is where an invoice makes the difference.
        return customerId != null && Holding.counts(status, paymentStatus, false);
    }

    /** How many units of articles it names. */
    long units() {
        return lines.stream()
                .filter(line -> line.variantId() != null)
                .mapToLong(OrderLine::quantity)
                .sum();
    }
}
