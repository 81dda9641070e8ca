package kontor.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** A client of the reference: writes one order after the other past Kontor, each in a transaction of its own. */
abstract class RawClient implements ClosedLoop.Client, AutoCloseable {
    private static final int IDS_AT_ONCE = 1_024;

    final Connection connection;
    private final Basket.Demand demand;
    private final long firstBuyer;
    private final RawOrder.Sample sample;
    private final SplittableRandom random;
    private final Ids orders;
    private final Ids payments;
    private final Ids transactions;

    RawClient(RawOrders orders, Basket.Demand demand, long seed) throws SQLException {
        this.connection = orders.connect();
        this.demand = demand;
        this.firstBuyer = orders.firstBuyer();
        this.sample = orders.sample();
        this.random = new SplittableRandom(seed);
        this.orders = new Ids("orders.order_ids");
        this.payments = new Ids("payments.payment_ids");
        this.transactions = new Ids("ledger.transaction_ids");
    }

    @Override
    public void ask() throws SQLException {
        var fingerprint = new byte[RawOrder.FINGERPRINT_LENGTH];
        random.nextBytes(fingerprint);
        write(new RawOrder(
                orders.next(),
                payments.next(),
                transactions.next(),
                firstBuyer + random.nextInt(Shop.BUYERS),
                RawOrder.key(random),
                fingerprint,
                sample,
                Basket.random(demand, random)));
    }

    /** Writes the order and commits it. */
    abstract void write(RawOrder order) throws SQLException;

    /** Ids known before the insert, in blocks as Kontor takes them. */
    private final class Ids {
        private final String sequence;
        private long next;
        private int left;

        Ids(String sequence) {
            this.sequence = sequence;
        }

        long next() throws SQLException {
            if (left == 0) {
                try (var statement = connection.createStatement();
                        var row = statement.executeQuery("SELECT nextval('" + sequence + "')")) {
                    row.next();
                    next = row.getLong(1);
                    left = IDS_AT_ONCE;
                }
            }
            left--;
            return next++;
        }
    }

    /** One statement for each table. */
    static final class Separate extends RawClient {
        private final PreparedStatement key;
        private final PreparedStatement order;
        private final PreparedStatement lines;
        private final PreparedStatement history;
        private final PreparedStatement holds;
        private final PreparedStatement payment;
        private final PreparedStatement transaction;
        private final PreparedStatement entries;
        private final PreparedStatement event;
        private final PreparedStatement stock;

        Separate(RawOrders orders, Basket.Demand demand, long seed) throws SQLException {
            super(orders, demand, seed);
            key = connection.prepareStatement("""
                    INSERT INTO idempotency.keys (principal, route, key, fingerprint, order_id)
                    VALUES (?, 'POST /orders', ?, ?, ?)
                    """);
            order = connection.prepareStatement("""
                    INSERT INTO orders.orders (id, customer_id, currency, status, payment_status, fulfilment_status, subtotal,
                        discount, shipping, tax, total, shipping_option, shipping_address, version, source, placed_at)
                    VALUES (?, ?, 'GBP', 'confirmed', 'open', 'unfulfilled', ?, 0, 495, 0, ?, 'express', ?::jsonb,
                        1, 'api', now())
                    """);
            lines = connection.prepareStatement("""
                    INSERT INTO orders.lines (order_id, line, variant_id, sku, name, quantity, unit_price, total)
                    VALUES (?, 1, ?, ?, ?, 1, ?, ?), (?, 2, ?, ?, ?, 1, ?, ?), (?, 3, ?, ?, ?, 1, ?, ?)
                    """);
            history = connection.prepareStatement("""
                    INSERT INTO orders.history (order_id, version, event, status, payment_status, fulfilment_status, actor, at)
                    VALUES (?, 1, 'placed', 'confirmed', 'open', 'unfulfilled', ?, now())
                    """);
            holds = connection.prepareStatement("""
                    INSERT INTO inventory.holds (order_id, variant_id, location_id, quantity, state)
                    VALUES (?, ?, 1, 1, 'held'), (?, ?, 1, 1, 'held'), (?, ?, 1, 1, 'held')
                    """);
            payment = connection.prepareStatement("""
                    INSERT INTO payments.payments (order_id, id, method, currency, amount, status)
                    VALUES (?, ?, 'invoice', 'GBP', ?, 'open')
                    """);
            transaction = connection.prepareStatement("""
                    INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
                    VALUES (?, ?, 'order', ?, 'invoice', now())
                    """);
            entries = connection.prepareStatement("""
                    INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
                    VALUES (?, 1, 'receivables', 'GBP', ?), (?, 2, 'revenue', 'GBP', ?),
                        (?, 3, 'shipping_revenue', 'GBP', -495)
                    """);
            event = connection.prepareStatement("""
                    INSERT INTO events.outbox (order_id, version, type, payload, created_at)
                    VALUES (?, 1, 'order.placed', ?::jsonb, now())
                    """);
            // The first three are locked one by one in their order, so that no two clients wait for each other in a
            // ring.
            stock = connection.prepareStatement("""
                    WITH locked AS MATERIALIZED (
                        SELECT variant_id FROM inventory.levels
                        WHERE variant_id IN (?, ?, ?) AND location_id = 1
                        ORDER BY variant_id
                        FOR NO KEY UPDATE
                    )
                    UPDATE inventory.levels level SET reserved = reserved + 1
                    FROM locked
                    WHERE level.variant_id = locked.variant_id AND location_id = 1 AND on_hand - reserved >= 1
                    """);
            connection.setAutoCommit(false);
        }

        @Override
        void write(RawOrder raw) throws SQLException {
            var id = raw.id();
            var basket = raw.basket();
            update(key, raw.principal(), raw.key(), raw.fingerprint(), id);
            update(
                    order,
                    id,
                    raw.buyer(),
                    basket.subtotal(),
                    basket.total(),
                    raw.sample().address());
            var values = new Object[6 * Basket.LINES];
            var at = 0;
            for (var article : basket.articles()) {
                values[at++] = id;
                values[at++] = article.variantId();
                values[at++] = article.sku();
                values[at++] = article.name();
                values[at++] = article.price();
                values[at++] = article.price();
            }
            update(lines, values);
            update(history, id, raw.principal());
            var first = basket.first().variantId();
            var second = basket.second().variantId();
            var third = basket.third().variantId();
            update(holds, id, first, id, second, id, third);
            update(payment, id, raw.paymentId(), basket.total());
            update(transaction, raw.transactionId(), id, id);
            update(
                    entries,
                    raw.transactionId(),
                    basket.total(),
                    raw.transactionId(),
                    -basket.subtotal(),
                    raw.transactionId());
            update(event, id, raw.event());
            if (update(stock, first, second, third) == Basket.LINES) connection.commit();
            else throw new SQLException("sold out");
        }

        private static int update(PreparedStatement statement, Object... values) throws SQLException {
            for (var i = 0; i < values.length; i++) set(statement, i + 1, values[i]);
            return statement.executeUpdate();
        }
    }

    /** One round trip: a call, or a statement, that does it all. */
    static final class AtOnce extends RawClient {
        private final PreparedStatement all;

        AtOnce(String sql, RawOrders orders, Basket.Demand demand, long seed) throws SQLException {
            super(orders, demand, seed);
            all = connection.prepareStatement(sql);
        }

        @Override
        void write(RawOrder order) throws SQLException {
            for (var i = 0; i < RawSql.PARAMETERS.size(); i++)
                set(all, i + 1, RawSql.PARAMETERS.get(i).value().apply(order));
            all.execute();
        }
    }

    static void set(PreparedStatement statement, int index, Object value) throws SQLException {
        switch (value) {
            case Long number -> statement.setLong(index, number);
            case String text -> statement.setString(index, text);
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
