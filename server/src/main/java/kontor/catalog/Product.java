package kontor.catalog;

import java.time.Instant;
import java.util.List;

/**
 * @param slug names it in addresses
 * @param variants those that are sold, in their order
 * @param version of the catalogue when this product changed last; for {@code If-Match}
 */
public record Product(
        long id,
        String slug,
        String name,
        String description,
        ProductStatus status,
        List<Variant> variants,
        long version,
        Instant createdAt,
        Instant updatedAt) {}
