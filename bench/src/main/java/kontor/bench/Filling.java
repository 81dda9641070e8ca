package kontor.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Fills the tables past Kontor and many orders at a time, with the rows that Kontor writes for an order on invoice that
 * was taken and told of long ago. Ids come from Kontor's own sequences, so that a running server never hands out the same.
 */
final class Filling {
    /** How many ids a call of a sequence yields. */
    private static final int BLOCK = 1_024;
    /** In one transaction; enough for few round trips, few enough for the memory of hash joins. */
    private static final int AT_ONCE = 64 * BLOCK;

    /** Stock is taken last, as always. */
    private static final List<String> ROWS = List.of("""
            INSERT INTO idempotency.keys (principal, route, key, fingerprint, order_id)
            SELECT 'user:' || buyer, 'POST /orders', gen_random_uuid(), sha256(id::text::bytea), id FROM filling
            """, """
            INSERT INTO orders.orders (id, customer_id, currency, status, payment_status, fulfilment_status, subtotal,
                discount, shipping, tax, total, shipping_option, shipping_address, version, source, placed_at)
            SELECT id, buyer, 'GBP', 'confirmed', 'open', 'unfulfilled', subtotal, 0, 495, 0, subtotal + 495, 'express',
                :address, 1, 'api', now()
            FROM filling
            """, """
            INSERT INTO orders.lines (order_id, line, variant_id, sku, name, quantity, unit_price, total)
            SELECT filling.id, line, variants.id, sku, products.name, 1, amount, amount
            FROM filling
            CROSS JOIN LATERAL (VALUES (1, a), (2, b), (3, c)) AS bought (line, variant_id)
            JOIN catalog.variants ON variants.id = bought.variant_id
            JOIN catalog.products ON products.id = product_id
            JOIN catalog.prices ON prices.variant_id = bought.variant_id
            ORDER BY filling.id, line
            """, """
            INSERT INTO orders.history (order_id, version, event, status, payment_status, fulfilment_status, actor, at)
            SELECT id, 1, 'placed', 'confirmed', 'open', 'unfulfilled', 'user:' || buyer, now() FROM filling
            """, """
            INSERT INTO inventory.holds (order_id, variant_id, location_id, quantity, state)
            SELECT id, variant_id, 1, 1, 'held'
            FROM filling CROSS JOIN LATERAL (VALUES (a), (b), (c)) AS bought (variant_id)
            """, """
            INSERT INTO payments.payments (order_id, id, method, currency, amount, status)
            SELECT id, payment_id, 'invoice', 'GBP', subtotal + 495, 'open' FROM filling
            """, """
            INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
            SELECT transaction_id, id, 'order', id, 'invoice', now() FROM filling
            """, """
            INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
            SELECT transaction_id, line, account, 'GBP', amount
            FROM filling
            CROSS JOIN LATERAL (VALUES
                (1, 'receivables', subtotal + 495), (2, 'revenue', -subtotal), (3, 'shipping_revenue', -495))
                AS entry (line, account, amount)
            """, """
            INSERT INTO events.outbox (order_id, version, type, payload, created_at, published_at)
            SELECT id, 1, 'order.placed', jsonb_build_object('order_id', id, 'status', 'confirmed', 'payment_status', 'open',
                'total', jsonb_build_object('amount', subtotal + 495, 'currency', 'GBP')), now(), now()
            FROM filling
            """, """
            INSERT INTO orders.holdings (customer_id, unpaid_orders, held_units)
            SELECT buyer, count(*), 3 * count(*) FROM filling GROUP BY buyer
            ON CONFLICT (customer_id) DO UPDATE SET unpaid_orders = holdings.unpaid_orders + excluded.unpaid_orders,
                held_units = holdings.held_units + excluded.held_units
            """, """
            UPDATE inventory.levels SET reserved = reserved + bought.count
            FROM (
                SELECT variant_id, count(*) AS count
                FROM filling CROSS JOIN LATERAL (VALUES (a), (b), (c)) AS each (variant_id)
                GROUP BY variant_id
            ) AS bought
            WHERE levels.variant_id = bought.variant_id AND location_id = 1
            """);

    private final Postgres postgres;
    private final Shop shop;
    private final RawOrder.Sample sample;

    Filling(Postgres postgres, Shop shop, RawOrder.Sample sample) {
        this.postgres = postgres;
        this.shop = shop;
        this.sample = sample;
    }

    /**
     * Fills until there are so many orders, and leaves the tables as a database that has had time for its housekeeping:
     * vacuumed, analysed and written out, so that none of it falls into what is measured next.
     */
    void upTo(long orders) throws SQLException {
        var firstBuyer = shop.firstBuyer();
        try (var connection = postgres.admin();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (var missing = orders - shop.orders(); missing > 0; missing -= AT_ONCE)
                fill(connection, statement, Math.min(missing, AT_ONCE), firstBuyer);
            connection.setAutoCommit(true);
            statement.execute("VACUUM (ANALYZE) " + Shop.FILLED_BY_ORDERS);
            statement.execute("CHECKPOINT");
        }
    }

    private void fill(Connection connection, Statement statement, long orders, long firstBuyer) throws SQLException {
        statement.execute(baskets(orders, firstBuyer));
        statement.execute("ANALYZE filling");
        for (var sql : ROWS)
            statement.execute(sql.replace(":address", "'" + sample.address().replace("'", "''") + "'::jsonb"));
        connection.commit();
    }

    /** The orders of one transaction, with three articles each, one of each third of the shop. */
    private static String baskets(long orders, long firstBuyer) {
        return """
            CREATE TEMPORARY TABLE filling ON COMMIT DROP AS
            WITH blocks AS MATERIALIZED (
                SELECT nextval('orders.order_ids') AS first_order, nextval('payments.payment_ids') AS first_payment,
                    nextval('ledger.transaction_ids') AS first_transaction
                FROM generate_series(1, %1$d)
            ), baskets AS MATERIALIZED (
                SELECT first_order + place AS id, first_payment + place AS payment_id,
                    first_transaction + place AS transaction_id, %2$d + floor(random() * %3$d)::bigint AS buyer,
                    1 + floor(random() * %4$d)::bigint AS a, 1 + %4$d + floor(random() * %4$d)::bigint AS b,
                    1 + 2 * %4$d + floor(random() * %4$d)::bigint AS c
                FROM blocks, generate_series(0, 1023) AS place
                LIMIT %5$d
            )
            SELECT baskets.*, price_a.amount + price_b.amount + price_c.amount AS subtotal
            FROM baskets
            JOIN catalog.prices AS price_a ON price_a.variant_id = a
            JOIN catalog.prices AS price_b ON price_b.variant_id = b
            JOIN catalog.prices AS price_c ON price_c.variant_id = c
            """.formatted(
                        (orders + BLOCK - 1) / BLOCK, firstBuyer, Shop.BUYERS, Shop.ARTICLES / Basket.LINES, orders);
    }
}
