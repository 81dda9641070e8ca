package kontor.catalog;

import java.util.List;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * One article as a line of a file tells it; what is null, the file does not say.
 *
 * @param product slug of the product that it is a variant of
 * @param variant name of the variant
 */
record CatalogRow(
        long line,
        String sku,
        @Nullable String product,
        @Nullable String name,
        @Nullable String variant,
        @Nullable String description,
        @Nullable ProductStatus status,
        @Nullable Long onHand,
        List<Money> prices) {}
