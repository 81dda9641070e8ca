package kontor.orders;

import java.util.concurrent.atomic.AtomicInteger;
import kontor.catalog.Catalog;
import kontor.database.TestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Articles to test with. They are written as another server would write them: this one has to notice by itself. */
@Component
public class TestShop {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private final JdbcClient database = JdbcClient.create(TestDatabase.owner());
    private final Catalog catalog;

    TestShop(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * A new article.
     *
     * @param price in pence
     * @return its SKU
     */
    public String article(long price, long onHand) {
        var sku = "TEST-" + COUNT.incrementAndGet();
        var product = database.sql("INSERT INTO catalog.products (slug, name) VALUES (lower(?), ?) RETURNING id")
                .params(sku, "Article " + sku)
                .query(Long.class)
                .single();
        var variant = database.sql("INSERT INTO catalog.variants (product_id, sku) VALUES (?, ?) RETURNING id")
                .params(product, sku)
                .query(Long.class)
                .single();
        database.sql("INSERT INTO catalog.prices (variant_id, currency, amount) VALUES (?, 'GBP', ?)")
                .params(variant, price)
                .update();
        database.sql("INSERT INTO inventory.levels (variant_id, location_id, on_hand) VALUES (?, 1, ?)")
                .params(variant, onHand)
                .update();
        if (onHand > 0) move(sku, onHand);
        catalog.refresh();
        return sku;
    }

    /** @param price in minor units */
    void alsoSell(String sku, long price, String currency) {
        database.sql("INSERT INTO catalog.prices (variant_id, currency, amount) VALUES (" + variantOf(sku) + ", ?, ?)")
                .params(currency, price)
                .update();
        catalog.refresh();
    }

    public void receive(String sku, long quantity) {
        database.sql("UPDATE inventory.levels SET on_hand = on_hand + ? WHERE variant_id = " + variantOf(sku))
                .params(quantity)
                .update();
        move(sku, quantity);
    }

    private void move(String sku, long quantity) {
        database.sql("""
                        INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
                        VALUES (%s, 1, ?, 'received', 'test')
                        """.formatted(variantOf(sku))).params(quantity).update();
    }

    /** On hand and not promised to anybody. */
    public long available(String sku) {
        return database.sql("SELECT on_hand - reserved FROM inventory.levels WHERE variant_id = " + variantOf(sku))
                .query(Long.class)
                .single();
    }

    public void changePriceBehindTheServersBack(String sku, long price) {
        database.sql("UPDATE catalog.prices SET amount = ? WHERE variant_id = " + variantOf(sku))
                .params(price)
                .update();
    }

    public void archive(String sku) {
        database.sql("""
                        UPDATE catalog.products SET status = 'archived'
                        WHERE id = (SELECT product_id FROM catalog.variants WHERE sku = ?)
                        """).params(sku).update();
        catalog.refresh();
    }

    private String variantOf(String sku) {
        return "(SELECT id FROM catalog.variants WHERE sku = '" + sku + "')";
    }
}
