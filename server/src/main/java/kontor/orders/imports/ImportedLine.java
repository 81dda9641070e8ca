package kontor.orders.imports;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A line of the source, and what became of it.
 *
 * @param line where it stands in the file, from 1, as editors count
 * @param item which of the several things that this line of the file names, from 1
 * @param externalId of the sale or credit that it belongs to
 * @param amount in minor units, below zero for what was given back or taken off
 * @param outcome null while the import is running
 * @param detail why it was set aside, for people
 * @param orderId the order that it became part of, or was credited against
 * @param orderExternalId the same order's number where it came from
 * @param orderLine which line of that order; 0 for its shipping
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImportedLine(
        long line,
        @Nullable Integer item,
        @Nullable String externalId,
        @Nullable String sku,
        @Nullable String name,
        @Nullable Long quantity,
        @Nullable BigDecimal amount,
        @Nullable String currency,
        @Nullable Outcome outcome,
        @Nullable Reason reason,
        @Nullable String detail,
        @Nullable Long orderId,
        @Nullable String orderExternalId,
        @Nullable Integer orderLine) {}
