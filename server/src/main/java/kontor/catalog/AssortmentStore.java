package kontor.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import javax.sql.DataSource;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.stereotype.Component;

/** Reads the catalogue for keeping in memory. */
@Component
class AssortmentStore {
    private static final String REVISION = "SELECT revision FROM catalog.revision";
    private static final String CHANGED_SINCE = """
            SELECT p.id AS product_id, p.name AS product_name, v.id, v.sku, v.name,
                   v.active AND p.status = 'active' AS active, pr.currency, pr.amount
            FROM catalog.products p
            LEFT JOIN catalog.variants v ON v.product_id = p.id
            LEFT JOIN catalog.prices pr ON pr.variant_id = v.id
            WHERE p.revision > ?
            ORDER BY v.id
            """;

    private final DataSource database;
    private final JdbcTemplate jdbc;

    AssortmentStore(DataSource database, JdbcTemplate jdbc) {
        this.database = database;
        this.jdbc = jdbc;
    }

    /** The catalogue's revision as the surrounding transaction sees it. */
    long revision() {
        var revision = jdbc.queryForObject(REVISION, Long.class);
        if (revision == null) throw new DataRetrievalFailureException("catalog.revision has lost its row");
        return revision;
    }

    /**
     * The assortment as it is now, reading only the products that changed since the known one. Uses a connection of its
     * own: what a surrounding transaction has changed and not committed is nobody else's assortment yet.
     */
    Assortment since(Assortment known) {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ); // revision and rows as one
            try {
                return since(known, connection);
            } finally {
                connection.rollback();
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.setReadOnly(false);
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            var translated = new SQLExceptionSubclassTranslator().translate("reading the catalogue", CHANGED_SINCE, e);
            throw translated != null ? translated : new DataRetrievalFailureException("reading the catalogue", e);
        }
    }

    private static Assortment since(Assortment known, Connection connection) throws SQLException {
        long revision;
        try (var statement = connection.prepareStatement(REVISION);
                var row = statement.executeQuery()) {
            row.next();
            revision = row.getLong(1);
        }
        if (revision == known.revision()) return known;

        var changed = new HashSet<Long>();
        var articles = new ArrayList<Article>();
        try (var statement = connection.prepareStatement(CHANGED_SINCE)) {
            statement.setFetchSize(5_000);
            // A database that was put back to an older state has a lower revision: then nothing known is to be trusted.
            statement.setLong(1, revision < known.revision() ? 0 : known.revision());
            try (var rows = statement.executeQuery()) {
                var samePrices = new HashMap<Map<Currency, Money>, Map<Currency, Money>>(); // few, and shared by many
                @Nullable Variant variant = null;
                while (rows.next()) {
                    changed.add(rows.getLong("product_id"));
                    var id = rows.getLong("id");
                    if (rows.wasNull()) continue; // a product without variants
                    if (variant == null || variant.id != id) {
                        if (variant != null) articles.add(variant.article(samePrices));
                        variant = new Variant(
                                id,
                                rows.getLong("product_id"),
                                new Sku(rows.getString("sku")),
                                nameOf(rows.getString("product_name"), rows.getString("name")),
                                rows.getBoolean("active"),
                                new HashMap<>());
                    }
                    var currency = rows.getString("currency");
                    if (currency != null) {
                        var price = Money.of(rows.getLong("amount"), currency);
                        variant.prices.put(price.currency(), price);
                    }
                }
                if (variant != null) articles.add(variant.article(samePrices));
            }
        }
        var base = revision < known.revision() ? Assortment.EMPTY : known;
        return base.with(revision, changed, articles);
    }

    private static String nameOf(String product, String variant) {
        return variant.isEmpty() ? product : product + ", " + variant;
    }

    private record Variant(long id, long productId, Sku sku, String name, boolean active, Map<Currency, Money> prices) {
        Article article(Map<Map<Currency, Money>, Map<Currency, Money>> same) {
            return new Article(id, productId, sku, name, same.computeIfAbsent(prices, Map::copyOf), active);
        }
    }
}
