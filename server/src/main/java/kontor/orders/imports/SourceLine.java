package kontor.orders.imports;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

/** One thing that a line of the file names: a CSV row, or one of the lines and amounts of an order in JSON. */
sealed interface SourceLine {
    /** Where it stands in the file, from 1, as editors count. */
    long line();

    /**
     * What all lines of a sale or credit say alike.
     *
     * @param externalId its number where it came from
     * @param customer the customer's number there; null for a guest
     */
    record Head(
            String externalId,
            boolean credit,
            Instant placedAt,
            @Nullable String customer,
            @Nullable String country,
            @Nullable String email,
            Currency currency) {}

    /**
     * @param item which of several in the same line of the file, from 1; 0 for the only one
     * @param quantity below zero for what is given back or taken off
     * @param unitPrice in minor units, of which the source may name fractions
     */
    record Read(long line, int item, Head head, Role role, String sku, String name, long quantity, BigDecimal unitPrice)
            implements SourceLine {
        /** In minor units: below zero for what is given back or taken off. */
        BigDecimal amount() {
            return unitPrice.multiply(BigDecimal.valueOf(quantity));
        }
    }

    /**
     * @param externalId of what it belongs to; null when that cannot be read either
     * @param detail what exactly is wrong
     */
    record Broken(long line, @Nullable String externalId, Reason reason, String detail) implements SourceLine {}
}
