package kontor.orders.imports;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A line as it was read in, about to be decided on.
 *
 * @param n its number in the import
 * @param quantity below zero for what is given back or taken off
 * @param unitPrice in minor units, of which the source may name fractions
 */
record StagedLine(int document, long n, Role role, String sku, String name, long quantity, BigDecimal unitPrice) {
    /** The most that a line may come to, so that the sum of a whole order fits 64 bits with room to spare. */
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE / 1_000 / ImportedOrder.MOST_LINES);

    /** Why it cannot be written as an amount at all; null when it can. */
    @Nullable
    Reason fault() {
        if (role == Role.BOOKKEEPING) return Reason.NOT_A_SALE;
        if (unitPrice.signum() < 0) return Reason.NEGATIVE_PRICE;
        if (unitPrice.stripTrailingZeros().scale() > 0) return Reason.FRACTION_OF_MINOR_UNIT;
        if (amountAsWritten().abs().compareTo(MOST) > 0) return Reason.AMOUNT_TOO_LARGE;
        return quantity == 0 ? Reason.NO_QUANTITY : null;
    }

    /** In minor units, and fractions of them if the source has any. */
    BigDecimal amountAsWritten() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }

    /** In minor units; only of a line without fault. */
    long price() {
        return unitPrice.longValueExact();
    }

    /** In minor units: below zero for what is given back or taken off. Only of a line without fault. */
    long amount() {
        return Math.multiplyExact(price(), quantity);
    }
}
