package kontor.catalog;

import java.util.List;
import kontor.money.Money;

/**
 * One form in which a product is sold.
 *
 * @param name what tells it from the product's other variants; empty when there is nothing to tell
 */
public record Variant(Sku sku, String name, List<Money> prices) {}
