package kontor.catalog;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Products for tests, each with names that no other test has. */
final class Shelf {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Shelf() {}

    static String newSku() {
        return "SHELF-" + COUNT.incrementAndGet();
    }

    /** The SKU in letters that a slug may have. */
    static String slugOf(String sku) {
        return sku.toLowerCase(Locale.ROOT);
    }

    /** JSON of a product with one variant. */
    static String product(String name, String sku, long pence) {
        return """
                {"name": "%s", "variants": [{"sku": "%s", "prices": [{"amount": %d, "currency": "GBP"}]}]}
                """.formatted(name, sku, pence);
    }
}
