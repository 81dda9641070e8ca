package kontor.catalog;

import java.util.Currency;
import java.util.Map;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What can be put on an order: a variant of a product, as it is sold at one revision of the catalogue.
 *
 * @param name the product's, with the variant's behind it where it has one: {@code Mug, blue}
 * @param prices at most one for each currency
 * @param active whether it is sold at present
 */
public record Article(
        long variantId, long productId, Sku sku, String name, Map<Currency, Money> prices, boolean active) {

    /** @return null when it has no price in this currency, and so cannot be bought in it */
    public @Nullable Money priceIn(Currency currency) {
        return prices.get(currency);
    }
}
