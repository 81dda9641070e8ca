package kontor.orders;

import org.jspecify.annotations.Nullable;

/**
 * What was bought, as it was then. Amounts are minor units of the order's currency.
 *
 * @param line from 1, in the order of the request
 * @param variantId null for what is no article, such as postage on an imported order
 */
public record OrderLine(
        int line,
        @Nullable Long variantId,
        String sku,
        String name,
        long quantity,
        long unitPrice,
        long discount,
        long tax,
        long total) {}
