package kontor.catalog;

import java.util.ArrayList;
import java.util.List;
import kontor.catalog.StockCounts.Count;
import kontor.database.Rows;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/**
 * The tables that a file is laid out in before it is taken over, and the statements that check it and take it over. The
 * tables are the transaction's own and end with it. What can be long is done in slices of lines, so that no statement
 * keeps the connection silent for long.
 */
@Repository
class CatalogImportStore {
    private final JdbcTemplate jdbc;

    CatalogImportStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** From here on nobody else changes the catalogue until the transaction ends. */
    void begin() {
        jdbc.execute("SELECT catalog.take_turn_for_import()");
        jdbc.execute("SET LOCAL work_mem = '64MB'");
        jdbc.execute("""
                CREATE TEMP TABLE import_rows (
                    line          bigint NOT NULL,
                    sku           text   NOT NULL,
                    product       text,
                    name          text,
                    made_slug     text,
                    variant       text,
                    description   text,
                    status        text,
                    on_hand       bigint,
                    variant_id    bigint, -- what the catalogue has of it already
                    product_id    bigint,
                    product_group text   NOT NULL -- the same for all variants of a product
                ) ON COMMIT DROP
                """);
        jdbc.execute("""
                CREATE TEMP TABLE import_prices (
                    line     bigint NOT NULL,
                    currency text   NOT NULL,
                    amount   bigint NOT NULL
                ) ON COMMIT DROP
                """);
    }

    private record PriceRow(long line, Money price) {}

    void lay(List<CatalogRow> rows) {
        Rows.of(rows)
                .bigint(CatalogRow::line)
                .text(CatalogRow::sku)
                .text(CatalogRow::product)
                .text(CatalogRow::name)
                .text(row -> madeSlug(row.name()))
                .text(CatalogRow::variant)
                .text(CatalogRow::description)
                .text(row -> row.status() == null ? null : row.status().word())
                .nullableBigint(CatalogRow::onHand)
                .update(jdbc, """
                        INSERT INTO pg_temp.import_rows
                        SELECT r.line, r.sku, r.product, r.name, r.made_slug, r.variant, r.description, r.status,
                               r.on_hand, v.id, coalesce(v.product_id, p.id),
                               coalesce('id ' || coalesce(v.product_id, p.id), 'slug ' || r.product, 'line ' || r.line)
                        FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                            AS r (line, sku, product, name, made_slug, variant, description, status, on_hand)
                        LEFT JOIN catalog.variants v ON v.sku = r.sku
                        LEFT JOIN catalog.products p ON v.id IS NULL AND p.slug = r.product
                        """);
        var prices = new ArrayList<PriceRow>();
        for (var row : rows) for (var price : row.prices()) prices.add(new PriceRow(row.line(), price));
        Rows.of(prices)
                .bigint(PriceRow::line)
                .text(row -> row.price.currency().getCurrencyCode())
                .bigint(row -> row.price.minorUnits())
                .update(jdbc, "INSERT INTO pg_temp.import_prices SELECT * FROM unnest(?, ?, ?)");
    }

    private static @Nullable String madeSlug(@Nullable String name) {
        return name == null ? null : Slug.of(name);
    }

    /** Finds out which products the rows make up. */
    void group() {
        jdbc.execute("CREATE INDEX ON pg_temp.import_rows (line)");
        jdbc.execute("CREATE INDEX ON pg_temp.import_prices (line)");
        jdbc.execute("ANALYZE pg_temp.import_rows, pg_temp.import_prices");
        jdbc.execute("""
                CREATE TEMP TABLE import_products ON COMMIT DROP AS
                SELECT product_group, min(line) AS line, min(product) AS slug, min(product_id) AS product_id,
                       CASE WHEN min(product_id) IS NULL THEN nextval('catalog.products_id_seq') END AS new_id,
                       (array_agg(name ORDER BY line) FILTER (WHERE name IS NOT NULL))[1] AS name,
                       (array_agg(made_slug ORDER BY line) FILTER (WHERE name IS NOT NULL))[1] AS made_slug,
                       (array_agg(description ORDER BY line) FILTER (WHERE description IS NOT NULL))[1] AS description,
                       (array_agg(status ORDER BY line) FILTER (WHERE status IS NOT NULL))[1] AS status
                FROM pg_temp.import_rows
                GROUP BY product_group
                """);
        jdbc.execute("CREATE INDEX ON pg_temp.import_products (line)");
        jdbc.execute("CREATE INDEX ON pg_temp.import_products (product_group)");
        jdbc.execute("ANALYZE pg_temp.import_products");
    }

    /** Adds what no line shows by itself: contradictions between lines, and with what the catalogue has. */
    void check(RowErrors errors) {
        jdbc.query(
                """
                WITH error AS (
                    SELECT line, 'sku' AS field, 'duplicate' AS code, 'is on line ' || first || ' already' AS message
                    FROM (SELECT line, min(line) OVER (PARTITION BY sku) AS first FROM pg_temp.import_rows) AS r
                    WHERE line <> first
                  UNION ALL
                    SELECT r.line, 'product', 'other_product', 'is not ' || p.slug || ', to which the SKU belongs'
                    FROM pg_temp.import_rows r JOIN catalog.products p ON p.id = r.product_id
                    WHERE r.product <> p.slug
                  UNION ALL
                    SELECT line, 'name', 'required', 'is missing: the product is new'
                    FROM pg_temp.import_products
                    WHERE product_id IS NULL AND name IS NULL
                  UNION ALL
                    SELECT r.line, other.field, 'contradiction',
                           'is not the one that the product has on an earlier line'
                    FROM pg_temp.import_rows r
                    JOIN pg_temp.import_products p USING (product_group)
                    CROSS JOIN LATERAL (VALUES
                        ('name', r.name <> p.name),
                        ('description', r.description <> p.description),
                        ('status', r.status <> p.status)) AS other (field, differs)
                    WHERE other.differs
                  UNION ALL
                    SELECT line, 'price', 'required', 'is missing: the article is new'
                    FROM pg_temp.import_rows r
                    WHERE variant_id IS NULL
                      AND NOT EXISTS (SELECT FROM pg_temp.import_prices p WHERE p.line = r.line)
                )
                SELECT *, count(*) OVER () AS total FROM error ORDER BY line, field LIMIT ?
                """,
                row -> {
                    errors.add(
                            row.getLong("line"),
                            row.getString("field"),
                            row.getString("code"),
                            row.getString("message"));
                    if (row.getRow() == RowErrors.KEPT) errors.addUnseen(row.getLong("total") - RowErrors.KEPT);
                },
                RowErrors.KEPT);
    }

    long lastLine() {
        var last = jdbc.queryForObject("SELECT coalesce(max(line), 0) FROM pg_temp.import_rows", Long.class);
        return last == null ? 0 : last;
    }

    /** Some lines of the file. */
    record Slice(long from, long until) {}

    int insertProducts(Slice slice) {
        var inserted = jdbc.update("""
                INSERT INTO catalog.products (id, slug, name, description, status)
                SELECT new_id, slug, name, coalesce(description, ''), coalesce(status, 'active')
                FROM pg_temp.import_products
                WHERE line >= ? AND line < ? AND new_id IS NOT NULL AND slug IS NOT NULL
                ORDER BY line
                """, slice.from, slice.until);
        for (var round = 1; ; round++) {
            inserted += insertUnderMadeSlugs(slice, round);
            if (!misses(slice)) return inserted;
        }
    }

    /** Tries the slug that is made of the name first, then with the product's id behind it, then with a number behind that. */
    private int insertUnderMadeSlugs(Slice slice, int round) {
        return jdbc.update("""
                INSERT INTO catalog.products (id, slug, name, description, status)
                SELECT new_id,
                       made_slug || CASE ? WHEN 1 THEN '' WHEN 2 THEN '-' || new_id ELSE '-' || new_id || '-' || ? END,
                       name, coalesce(description, ''), coalesce(status, 'active')
                FROM pg_temp.import_products i
                WHERE line >= ? AND line < ? AND new_id IS NOT NULL AND slug IS NULL
                  AND NOT EXISTS (SELECT FROM catalog.products p WHERE p.id = i.new_id)
                ORDER BY line
                ON CONFLICT (slug) DO NOTHING
                """, round, round, slice.from, slice.until);
    }

    private boolean misses(Slice slice) {
        return Boolean.TRUE.equals(jdbc.queryForObject("""
                SELECT EXISTS (
                    SELECT FROM pg_temp.import_products i
                    WHERE line >= ? AND line < ? AND new_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM catalog.products p WHERE p.id = i.new_id))
                """, Boolean.class, slice.from, slice.until));
    }

    int updateProducts(Slice slice) {
        return jdbc.update("""
                UPDATE catalog.products p
                SET name = coalesce(i.name, p.name),
                    description = coalesce(i.description, p.description),
                    status = coalesce(i.status, p.status)
                FROM pg_temp.import_products i
                WHERE p.id = i.product_id AND i.line >= ? AND i.line < ?
                  AND (p.name, p.description, p.status) IS DISTINCT FROM
                      (coalesce(i.name, p.name), coalesce(i.description, p.description), coalesce(i.status, p.status))
                """, slice.from, slice.until);
    }

    int insertVariants(Slice slice) {
        return jdbc.update("""
                INSERT INTO catalog.variants (product_id, sku, name, position)
                SELECT coalesce(p.product_id, p.new_id), r.sku, coalesce(r.variant, ''), r.line
                FROM pg_temp.import_rows r JOIN pg_temp.import_products p USING (product_group)
                WHERE r.line >= ? AND r.line < ? AND r.variant_id IS NULL
                ORDER BY r.line
                """, slice.from, slice.until);
    }

    /** An article that the file names is sold again, if it was not. */
    int updateVariants(Slice slice) {
        return jdbc.update("""
                UPDATE catalog.variants v
                SET name = coalesce(r.variant, v.name), active = true
                FROM pg_temp.import_rows r
                WHERE v.id = r.variant_id AND r.line >= ? AND r.line < ?
                  AND (v.name, v.active) IS DISTINCT FROM (coalesce(r.variant, v.name), true)
                """, slice.from, slice.until);
    }

    int putPrices(Slice slice) {
        return jdbc.update("""
                INSERT INTO catalog.prices AS known (variant_id, currency, amount)
                SELECT v.id, p.currency, p.amount
                FROM pg_temp.import_prices p
                JOIN pg_temp.import_rows r USING (line)
                JOIN catalog.variants v ON v.sku = r.sku
                WHERE p.line >= ? AND p.line < ?
                ORDER BY v.id, p.currency
                ON CONFLICT (variant_id, currency) DO UPDATE SET amount = excluded.amount
                WHERE known.amount <> excluded.amount
                """, slice.from, slice.until);
    }

    /** Puts the counted stock in the order of variants, in which stock is locked. */
    void sortCounts() {
        jdbc.execute("""
                CREATE TEMP TABLE import_counts ON COMMIT DROP AS
                SELECT v.id AS variant_id, r.on_hand, r.line
                FROM pg_temp.import_rows r JOIN catalog.variants v ON v.sku = r.sku
                WHERE r.on_hand IS NOT NULL
                """);
        jdbc.execute("CREATE INDEX ON pg_temp.import_counts (variant_id)");
        jdbc.execute("ANALYZE pg_temp.import_counts");
    }

    List<Count> countsAfter(long variantId, int most) {
        return jdbc.query(
                """
                SELECT variant_id, on_hand FROM pg_temp.import_counts
                WHERE variant_id > ?
                ORDER BY variant_id
                LIMIT ?
                """, (row, number) -> new Count(row.getLong("variant_id"), row.getLong("on_hand")), variantId, most);
    }

    void addBelowReserved(List<Long> variantIds, RowErrors errors) {
        jdbc.query(
                "SELECT line FROM pg_temp.import_counts WHERE variant_id = ANY (?) ORDER BY line",
                row -> {
                    errors.add(
                            row.getLong("line"),
                            CatalogColumns.ON_HAND,
                            "below_reserved",
                            "is less than is promised to orders");
                },
                (Object) variantIds.stream().mapToLong(Long::longValue).toArray());
    }
}
