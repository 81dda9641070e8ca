package kontor.bench;

import java.sql.SQLException;

/** The shop that is measured: a thousand articles that never run out, one that has, and a thousand buyers. */
final class Shop {
    static final int ARTICLES = 1_000;
    /** The number of the article of which there is none. */
    static final int SOLD_OUT = ARTICLES + 1;
    /** As many as connections at most; enough that nobody meets the rate limit of one caller. */
    static final int BUYERS = 1_024;

    /** In the form of a hash, as the audit expects it, and nobody's: the tokens are issued without a password. */
    private static final String NO_PASSWORD = "$argon2id$v=19$m=65536,t=3,p=1$" + "A".repeat(22) + "$" + "A".repeat(43);

    /** The tables that an order leaves rows in. */
    static final String FILLED_BY_ORDERS = """
            idempotency.keys, orders.orders, orders.lines, orders.history, orders.holdings, payments.payments,
            payments.operations, payments.inbound_events, ledger.transactions, ledger.entries, ledger.seals, ledger.sealed, ledger.balances,
            events.outbox, inventory.holds, inventory.levels""";

    private static final long PLENTY = 1_000_000_000;

    private final Postgres postgres;

    Shop(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Fills a new database. */
    void open() throws SQLException {
        try (var connection = postgres.owner();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (var number = 1; number <= SOLD_OUT; number++) {
                var article = new Article(number);
                statement.addBatch(
                        "INSERT INTO catalog.products (id, slug, name, revision) VALUES (%d, 'article-%d', '%s', 1)"
                                .formatted(number, number, article.name()));
                statement.addBatch("INSERT INTO catalog.variants (id, product_id, sku) VALUES (%d, %d, '%s')"
                        .formatted(article.variantId(), number, article.sku()));
                statement.addBatch("INSERT INTO catalog.prices (variant_id, currency, amount) VALUES (%d, 'GBP', %d)"
                        .formatted(article.variantId(), article.price()));
            }
            statement.executeBatch();
            statement.execute("""
                    INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
                    SELECT id, 1, %d, 'received', 'bench' FROM catalog.variants WHERE id <= %d
                    """.formatted(PLENTY, ARTICLES));
            statement.execute("""
                    INSERT INTO accounts.users (name, email, password_hash)
                    SELECT 'Buyer ' || number, 'buyer' || number || '@example.org', '%s'
                    FROM generate_series(1, %d) AS number
                    """.formatted(NO_PASSWORD, BUYERS));
            statement.execute("""
                    INSERT INTO accounts.user_roles (user_id, role)
                    SELECT id, 'customer' FROM accounts.users WHERE password_hash = '%s'
                    """.formatted(NO_PASSWORD));
            connection.commit();
        }
        empty();
    }

    /** The id of the first buyer; those of the others follow. */
    long firstBuyer() throws SQLException {
        try (var connection = postgres.owner();
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT min(id) FROM accounts.users WHERE password_hash = '" + NO_PASSWORD + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Forgets every order, so that each measurement finds the same tables: empty, and no checkpoint due. */
    void empty() throws SQLException {
        try (var connection = postgres.admin();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL session_replication_role = replica"); // history refuses to be forgotten
            statement.execute("TRUNCATE " + FILLED_BY_ORDERS);
            statement.execute("""
                    INSERT INTO inventory.levels (variant_id, location_id, on_hand)
                    SELECT id, 1, CASE WHEN id <= %d THEN %d ELSE 0 END FROM catalog.variants
                    """.formatted(ARTICLES, PLENTY));
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("VACUUM ANALYZE inventory.levels");
            statement.execute("CHECKPOINT");
        }
    }

    long orders() throws SQLException {
        try (var connection = postgres.app();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM orders.orders")) {
            row.next();
            return row.getLong(1);
        }
    }
}
