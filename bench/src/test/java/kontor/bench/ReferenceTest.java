package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference is fair when it writes what Kontor writes. */
class ReferenceTest {
    private static final Basket BASKET = new Basket(new Article(7), new Article(400), new Article(900));

    @TempDir
    private static Path folder;

    private static InProcess server;
    private static Postgres postgres;
    private static Shop shop;
    private static Connection connection;
    private static long byKontor;
    private static RawOrder.Sample sample;
    private static final AtomicLong nextId = new AtomicLong(1_000_000);

    @BeforeAll
    static void aShopWithOneOrder() throws SQLException {
        server = InProcess.start(folder.resolve("data"));
        postgres = Postgres.of(folder.resolve("data"));
        connection = postgres.admin();
        shop = new Shop(postgres);
        shop.open();
        server.refresh();
        server.place(InProcess.request(BASKET), "the-key-of-an-order-by-kontor-itself", shop.firstBuyer());
        byKontor = newestOrder();
        sample = RawOrders.sample(postgres);
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyStyleWritesTheRowsThatKontorWrites(RawOrders.Style style) throws SQLException {
        var before = reserved();
        var raw = RawOrders.in(postgres, shop, sample);
        var id = nextId.incrementAndGet();
        try (var client = style.client(raw, Basket.Demand.UNIFORM, id)) {
            client.write(new RawOrder(
                    id,
                    id,
                    id,
                    shop.firstBuyer(),
                    "the-key-of-an-order-past-kontor-" + id,
                    new byte[RawOrder.FINGERPRINT_LENGTH],
                    sample,
                    BASKET));
        }
        assertThat(rowsOf(id)).isEqualTo(rowsOf(byKontor));
        assertThat(reserved()).isEqualTo(before + Basket.LINES);
    }

    @ParameterizedTest
    @EnumSource(names = {"FUNCTION", "STATEMENT"})
    void pgbenchWritesThemToo(RawOrders.Style style) throws SQLException {
        RawOrders.in(postgres, shop, sample);
        var script = Pgbench.script(style, Basket.Demand.UNIFORM, shop.firstBuyer(), sample);
        var sql = script.lines().filter(line -> !line.startsWith("\\")).reduce("", (all, line) -> all + line + "\n");
        for (var value : Map.of(
                        ":buyer", shop.firstBuyer(),
                        ":subtotal", BASKET.subtotal(),
                        ":total", BASKET.total())
                .entrySet()) sql = sql.replace(value.getKey(), value.getValue().toString());
        // One letter last, and never the first half of "::" or a member of the event.
        for (var article : List.of(
                Map.entry("a", BASKET.first()), Map.entry("b", BASKET.second()), Map.entry("c", BASKET.third())))
            sql = sql.replaceAll(
                    "(?<!:):" + article.getKey() + "\\b",
                    Integer.toString(article.getValue().number()));
        try (var statement = connection.createStatement()) {
            statement.execute(sql.strip().replaceFirst(";$", ""));
        }
        assertThat(rowsOf(newestOrder())).isEqualTo(rowsOf(byKontor));
    }

    @Test
    void anOrderOfKontorWritesToNoOtherTable() throws SQLException {
        var before = counts();
        server.place(InProcess.request(BASKET), "another-key-of-an-order-by-kontor-itself", shop.firstBuyer());
        var grown = new TreeSet<String>();
        counts().forEach((table, count) -> {
            if (count > before.getOrDefault(table, 0L)) grown.add(table);
        });
        assertThat(grown).isEqualTo(new TreeSet<>(OrderRows.TABLES.keySet()));
    }

    @Test
    void anEmptiedShopHasItsStockAndNoOrders() throws SQLException {
        var raw = RawOrders.in(postgres, shop, sample);
        try (var client = RawOrders.Style.STATEMENT.client(raw, Basket.Demand.HOT, 1)) {
            client.ask();
        }
        assertThat(shop.orders()).isPositive();
        shop.empty();
        assertThat(shop.orders()).isZero();
        assertThat(reserved()).isZero();
        // The other tests compare with it.
        server.place(InProcess.request(BASKET), "yet-another-key-of-an-order-by-kontor", shop.firstBuyer());
        byKontor = newestOrder();
    }

    /** The rows about an order, and as much of an answer as counts. */
    private static Map<String, List<String>> rowsOf(long order) throws SQLException {
        var rows = OrderRows.of(connection, order);
        rows.put(
                "length of the answer",
                texts("SELECT length(answer) / 8 FROM idempotency.keys WHERE order_id = " + order));
        return rows;
    }

    private static Map<String, Long> counts() throws SQLException {
        var counts = new TreeMap<String, Long>();
        for (var table : texts("""
                SELECT schemaname || '.' || tablename FROM pg_tables
                WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'migrations') ORDER BY 1
                """))
            counts.put(
                    table, Long.parseLong(texts("SELECT count(*) FROM " + table).getFirst()));
        return counts;
    }

    private static long reserved() throws SQLException {
        return Long.parseLong(
                texts("SELECT sum(reserved) FROM inventory.levels").getFirst());
    }

    private static long newestOrder() throws SQLException {
        return Long.parseLong(texts("SELECT id FROM orders.orders ORDER BY placed_at DESC LIMIT 1")
                .getFirst());
    }

    private static List<String> texts(String sql) throws SQLException {
        return OrderRows.texts(connection, sql);
    }
}
