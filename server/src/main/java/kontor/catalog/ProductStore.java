package kontor.catalog;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kontor.database.Rows;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class ProductStore {
    private static final RowMapper<Product> WITHOUT_VARIANTS = (row, number) -> new Product(
            row.getLong("id"),
            row.getString("slug"),
            row.getString("name"),
            row.getString("description"),
            ProductStatus.of(row.getString("status")),
            List.of(),
            row.getLong("revision"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("updated_at").toInstant());
    private static final String COLUMNS = "id, slug, name, description, status, revision, created_at, updated_at";

    private final JdbcTemplate template;
    private final JdbcClient jdbc;

    ProductStore(JdbcTemplate template, JdbcClient jdbc) {
        this.template = template;
        this.jdbc = jdbc;
    }

    /** @param after the id behind which to begin */
    List<Product> list(ProductFilter filter, long after, int most) {
        var products = filter.query() == null ? listAll(filter, after, most) : search(filter, after, most);
        return withVariants(products);
    }

    private List<Product> listAll(ProductFilter filter, long after, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM catalog.products
                        WHERE status = :status AND id > :after
                        ORDER BY id
                        LIMIT :most
                        """)
                .param("status", filter.status().word())
                .param("after", after)
                .param("most", most)
                .query(WITHOUT_VARIANTS)
                .list();
    }

    /** Each arm ends after as many as are wanted, however many match, where its index has them in order. */
    private List<Product> search(ProductFilter filter, long after, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM catalog.products
                        WHERE id IN (
                            (SELECT id FROM catalog.products
                             WHERE search @@ to_tsquery('simple', :words) AND status = :status AND id > :after
                             ORDER BY id
                             LIMIT :most)
                            UNION
                            (SELECT DISTINCT v.product_id
                             FROM catalog.variants v JOIN catalog.products p ON p.id = v.product_id
                             WHERE upper(v.sku) LIKE upper(:sku) AND v.active AND p.status = :status
                               AND v.product_id > :after
                             ORDER BY v.product_id
                             LIMIT :most)
                        )
                        ORDER BY id
                        LIMIT :most
                        """)
                .param("status", filter.status().word())
                .param("words", filter.tsquery())
                .param("sku", filter.skuPattern())
                .param("after", after)
                .param("most", most)
                .query(WITHOUT_VARIANTS)
                .list();
    }

    /** Ends statements of the surrounding transaction that take longer, with {@code QueryTimeoutException}. */
    void limitStatements(Duration most) {
        jdbc.sql("SELECT set_config('statement_timeout', ?, true)")
                .param(most.toMillis() + "ms")
                .query(String.class)
                .single();
    }

    /** Archived ones included. */
    List<Product> all(long after, int most) {
        return withVariants(
                jdbc.sql("SELECT " + COLUMNS + " FROM catalog.products WHERE id > :after ORDER BY id LIMIT :most")
                        .param("after", after)
                        .param("most", most)
                        .query(WITHOUT_VARIANTS)
                        .list());
    }

    Optional<Product> find(long id) {
        return first("id = :it", id);
    }

    Optional<Product> findBySlug(String slug) {
        return first("slug = :it", slug);
    }

    private Optional<Product> first(String condition, Object it) {
        var found = jdbc.sql("SELECT " + COLUMNS + " FROM catalog.products WHERE " + condition)
                .param("it", it)
                .query(WITHOUT_VARIANTS)
                .list();
        return withVariants(found).stream().findFirst();
    }

    private List<Product> withVariants(List<Product> products) {
        if (products.isEmpty()) return products;
        var ids = products.stream().mapToLong(Product::id).toArray();
        var variants = new HashMap<Long, Map<String, Variant>>();
        template.query("""
                SELECT v.product_id, v.sku, v.name, p.currency, p.amount
                FROM catalog.variants v
                LEFT JOIN catalog.prices p ON p.variant_id = v.id
                WHERE v.product_id = ANY (?) AND v.active
                ORDER BY v.product_id, v.position, v.id, p.currency
                """, statement -> statement.setObject(1, ids), row -> {
            addTo(variants.computeIfAbsent(row.getLong("product_id"), id -> new LinkedHashMap<>()), row);
        });
        return products.stream()
                .map(product -> new Product(
                        product.id(),
                        product.slug(),
                        product.name(),
                        product.description(),
                        product.status(),
                        List.copyOf(
                                variants.getOrDefault(product.id(), Map.of()).values()),
                        product.version(),
                        product.createdAt(),
                        product.updatedAt()))
                .toList();
    }

    private static void addTo(Map<String, Variant> variants, ResultSet row) throws SQLException {
        var sku = row.getString("sku");
        var variant = variants.get(sku);
        if (variant == null) {
            variant = new Variant(new Sku(sku), row.getString("name"), new ArrayList<>());
            variants.put(sku, variant);
        }
        var currency = row.getString("currency");
        if (currency != null) variant.prices().add(Money.of(row.getLong("amount"), currency));
    }

    /** @return null when the slug is taken */
    @Nullable
    Long insert(NewProduct product, String slug) {
        return jdbc.sql("""
                        INSERT INTO catalog.products (slug, name, description)
                        VALUES (:slug, :name, :description)
                        ON CONFLICT (slug) DO NOTHING
                        RETURNING id
                        """)
                .param("slug", slug)
                .param("name", product.name())
                .param("description", product.descriptionOrEmpty())
                .query(Long.class)
                .optional()
                .orElse(null);
    }

    /** Inserts with the product's own id behind the slug. @return null when even that is taken */
    @Nullable
    Long insertNumbered(NewProduct product, String slug) {
        return jdbc.sql("""
                        INSERT INTO catalog.products (id, slug, name, description)
                        SELECT id, :slug || '-' || id, :name, :description
                        FROM nextval('catalog.products_id_seq') AS id
                        ON CONFLICT (slug) DO NOTHING
                        RETURNING id
                        """)
                .param("slug", slug)
                .param("name", product.name())
                .param("description", product.descriptionOrEmpty())
                .query(Long.class)
                .optional()
                .orElse(null);
    }

    /** @return false when there is no such product at this version; {@code version} null stands for any */
    boolean update(long id, @Nullable Long version, ProductChange change) {
        return jdbc.sql("""
                        UPDATE catalog.products
                        SET name = coalesce(:name, name),
                            slug = coalesce(:slug, slug),
                            description = coalesce(:description, description),
                            status = coalesce(:status, status)
                        WHERE id = :id AND revision = coalesce(:version, revision)
                        """)
                        .param("id", id)
                        .param("version", version, Types.BIGINT)
                        .param("name", change.name(), Types.VARCHAR)
                        .param("slug", change.slug(), Types.VARCHAR)
                        .param("description", change.description(), Types.VARCHAR)
                        .param(
                                "status",
                                change.status() == null ? null : change.status().word(),
                                Types.VARCHAR)
                        .update()
                == 1;
    }

    /** A variant at its place among those of the product. */
    private record Placed(long productId, int position, VariantInput variant) {}

    /**
     * Inserts variants that are new and changes those that this product has.
     *
     * @return their ids by SKU; one that belongs to another product is missing
     */
    Map<String, Long> put(long productId, List<? extends VariantInput> variants) {
        var placed = new ArrayList<Placed>();
        for (var variant : variants) placed.add(new Placed(productId, placed.size(), variant));
        var ids = new HashMap<String, Long>();
        Rows.of(placed)
                .bigint(Placed::productId)
                .integer(Placed::position)
                .text(row -> row.variant.sku())
                .text(row -> row.variant.nameOrEmpty())
                .query(template, """
                        INSERT INTO catalog.variants AS known (product_id, position, sku, name)
                        SELECT * FROM unnest(?, ?, ?, ?)
                        ON CONFLICT (sku) DO UPDATE
                        SET position = excluded.position, name = excluded.name, active = true
                        WHERE known.product_id = excluded.product_id
                        RETURNING id, sku
                        """, (row, number) -> ids.put(row.getString("sku"), row.getLong("id")));
        return ids;
    }

    void retireAllBut(long productId, Map<String, Long> variants) {
        template.update(
                "UPDATE catalog.variants SET active = false WHERE product_id = ? AND active AND id <> ALL (?)",
                productId,
                idsOf(variants));
    }

    private record VariantPrice(long variantId, Price price) {
        String currency() {
            return price.currency().getCurrencyCode();
        }
    }

    /** Makes these all the prices that the variants have; each has at least one. */
    void replacePrices(List<? extends VariantInput> variants, Map<String, Long> ids) {
        var prices = new ArrayList<VariantPrice>();
        for (var variant : variants)
            for (var price : variant.prices())
                prices.add(new VariantPrice(requireNonNull(ids.get(variant.sku())), price));
        Rows.of(prices)
                .bigint(VariantPrice::variantId)
                .text(VariantPrice::currency)
                .update(template, """
                        WITH kept AS (SELECT * FROM unnest(?, ?) AS kept (variant_id, currency))
                        DELETE FROM catalog.prices
                        WHERE variant_id IN (SELECT variant_id FROM kept)
                          AND (variant_id, currency) NOT IN (SELECT variant_id, currency FROM kept)
                        """);
        Rows.of(prices)
                .bigint(VariantPrice::variantId)
                .text(VariantPrice::currency)
                .bigint(row -> row.price.amount())
                .update(template, """
                        INSERT INTO catalog.prices AS known (variant_id, currency, amount)
                        SELECT * FROM unnest(?, ?, ?)
                        ON CONFLICT (variant_id, currency) DO UPDATE SET amount = excluded.amount
                        WHERE known.amount <> excluded.amount
                        """);
    }

    private static long[] idsOf(Map<String, Long> variants) {
        return variants.values().stream().mapToLong(Long::longValue).toArray();
    }
}
