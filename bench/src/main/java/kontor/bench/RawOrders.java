package kontor.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;

/** The reference: one order per transaction, written past Kontor into Kontor's own tables. */
final class RawOrders {
    private final Postgres postgres;
    private final Shop shop;
    private final long firstBuyer;
    private final RawOrder.Sample sample;

    private RawOrders(Postgres postgres, Shop shop, RawOrder.Sample sample) throws SQLException {
        this.postgres = postgres;
        this.shop = shop;
        this.sample = sample;
        this.firstBuyer = shop.firstBuyer();
    }

    static RawOrders in(Postgres postgres, Shop shop, RawOrder.Sample sample) throws SQLException {
        try (var connection = postgres.admin();
                var statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS bench");
            statement.execute("GRANT USAGE ON SCHEMA bench TO kontor_app");
            statement.execute(RawSql.createFunction());
            return new RawOrders(postgres, shop, sample);
        }
    }

    /** What to learn from the newest order, which Kontor has taken. */
    static RawOrder.Sample sample(Postgres postgres) throws SQLException {
        try (var connection = postgres.app();
                var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        SELECT shipping_address
                        FROM orders.orders
                        ORDER BY placed_at DESC
                        LIMIT 1
                        """)) {
            if (!row.next()) throw new IllegalStateException("Kontor has taken no order yet");
            return new RawOrder.Sample(row.getString(1));
        }
    }

    /** How the rows get there. */
    enum Style {
        SEPARATE("ten statements") {
            @Override
            RawClient client(RawOrders orders, Basket.Demand demand, long seed) throws SQLException {
                return new RawClient.Separate(orders, demand, seed);
            }
        },
        FUNCTION("one function") {
            @Override
            RawClient client(RawOrders orders, Basket.Demand demand, long seed) throws SQLException {
                return new RawClient.AtOnce(RawSql.call(RawSql.Form.JDBC), orders, demand, seed);
            }
        },
        STATEMENT("one statement") {
            @Override
            RawClient client(RawOrders orders, Basket.Demand demand, long seed) throws SQLException {
                return new RawClient.AtOnce(RawSql.statement(RawSql.Form.JDBC), orders, demand, seed);
            }
        };

        private final String words;

        Style(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }

        abstract RawClient client(RawOrders orders, Basket.Demand demand, long seed) throws SQLException;
    }

    /** Measures on empty tables. */
    Measured run(Style style, Basket.Demand demand, int clients, Duration warmUp, Duration measured)
            throws SQLException {
        shop.empty();
        var open = new ArrayList<RawClient>();
        try {
            for (var i = 0; i < clients; i++) open.add(style.client(this, demand, i));
            var what = "raw, %s%s".formatted(style.words(), demand == Basket.Demand.HOT ? ", one hot article" : "");
            return ClosedLoop.run(what, open, Thread.ofPlatform().factory(), warmUp, measured);
        } finally {
            for (var client : open) client.close();
        }
    }

    Connection connect() throws SQLException {
        return postgres.app();
    }

    long firstBuyer() {
        return firstBuyer;
    }

    RawOrder.Sample sample() {
        return sample;
    }
}
