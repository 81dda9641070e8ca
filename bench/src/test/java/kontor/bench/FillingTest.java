package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import kontor.audit.Audit;
import kontor.audit.Finding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A shop that was filled past Kontor is as right as one that Kontor has filled. */
class FillingTest {
    /** More than two blocks of ids, and no whole number of them. */
    private static final long FILLED = 2_500;

    @TempDir
    private static Path folder;

    private static InProcess server;
    private static Postgres postgres;
    private static Shop shop;
    private static Connection connection;
    private static Filling filling;

    @BeforeAll
    static void aShopWithOneOrder() throws SQLException {
        server = InProcess.start(folder.resolve("data"));
        postgres = Postgres.of(folder.resolve("data"));
        connection = postgres.admin();
        shop = new Shop(postgres);
        shop.open();
        server.refresh();
        place(1);
        filling = new Filling(postgres, shop, RawOrders.sample(postgres));
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
        server.close();
    }

    @Test
    void everyInvariantHoldsAndTheRunningServerGoesOnWithItsOwnIds() throws SQLException {
        filling.upTo(FILLED);
        assertThat(shop.orders()).isEqualTo(FILLED);
        place(1_100); // more than a block
        filling.upTo(FILLED + 3_000);
        place(100);
        assertThat(shop.orders()).isEqualTo(FILLED + 3_100);
        assertThat(broken()).isEmpty();
    }

    @Test
    void anOrderThatWasFilledInHasTheRowsThatKontorWrites() throws SQLException {
        var byKontor = number("SELECT max(order_id) FROM events.outbox WHERE published_at IS NULL");
        filling.upTo(shop.orders() + 1);
        var filled = number("SELECT order_id FROM events.outbox ORDER BY created_at DESC LIMIT 1");
        assertThat(filled).isNotEqualTo(byKontor);
        assertThat(OrderRows.ofAnyBasket(connection, filled)).isEqualTo(OrderRows.ofAnyBasket(connection, byKontor));
    }

    @Test
    void thereAreNeverMoreThanWereAskedFor() throws SQLException {
        var before = shop.orders();
        filling.upTo(1);
        assertThat(shop.orders()).isEqualTo(before);
    }

    private static void place(int orders) throws SQLException {
        var random = new SplittableRandom(orders);
        for (var i = 0; i < orders; i++)
            server.place(
                    InProcess.request(Basket.random(Basket.Demand.UNIFORM, random)),
                    RawOrder.key(random),
                    shop.firstBuyer());
    }

    private static List<Finding> broken() throws SQLException {
        var database = new DriverManagerDataSource(
                "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/kontor", "kontor_app", postgres.appPassword());
        return new Audit().run(database, 1, _ -> {}).broken();
    }

    private static long number(String sql) throws SQLException {
        return Long.parseLong(OrderRows.texts(connection, sql).getFirst());
    }
}
