package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.batching.Lanes;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.transaction.support.TransactionTemplate;

/** More than the lanes have places for. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "kontor.accounts.argon2-memory=64KB",
            "kontor.accounts.argon2-passes=1",
            "kontor.admin.email=" + KontorTest.ADMIN_EMAIL,
            "kontor.admin.password=" + KontorTest.ADMIN_PASSWORD,
            "kontor.orders.lanes=1",
            "kontor.orders.queue-bound=2",
            "kontor.orders.largest-batch=1",
        })
@ContextConfiguration(initializers = OverloadTest.OwnDatabase.class)
class OverloadTest {
    private static final int BUYERS = 12;

    static class OwnDatabase implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(TestDatabase.another("overloaded"))
                    .and("kontor.data=" + TestDatabase.folder())
                    .applyTo(context);
        }
    }

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private JdbcClient database;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private Lanes<LaneCommand, LaneResult> lanes;

    @Test
    void ordersBeyondTheBoundAreRefusedAtOnceAndTheOthersAreTaken() throws Exception {
        var buyer = users.customer();
        var mug = "MUG";
        offer(mug, 100);
        var keys = new ArrayList<String>();
        for (var i = 0; i < BUYERS; i++) keys.add(UUID.randomUUID().toString());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Api.Answer>>();
            transaction.executeWithoutResult(status -> {
                lockStockOf(mug);
                answers.add(threads.submit(() -> order(buyer, mug, keys.getFirst())));
                await().until(this::someoneWaitsForALock); // the lane has taken it, and its places are free
                for (var key : keys.subList(1, BUYERS)) answers.add(threads.submit(() -> order(buyer, mug, key)));
                await().until(lanes::isFull);
                await().until(() -> answers.stream().filter(Future::isDone).count() == BUYERS - 3);
            });
            var taken = 0;
            for (var answer : answers) {
                if (answer.get().status() == 201) taken++;
                else assertRefused(answer.get());
            }
            assertThat(taken).isEqualTo(3); // one in the lane, two at its places
        }
        assertThat(available(mug)).isEqualTo(97);
        for (var key : keys) assertThat(order(buyer, mug, key).status()).isEqualTo(201);
        assertThat(available(mug)).isEqualTo(100 - BUYERS);
    }

    private boolean someoneWaitsForALock() {
        return database.sql("""
                        SELECT EXISTS (SELECT FROM pg_stat_activity
                                       WHERE datname = current_database() AND wait_event_type = 'Lock')
                        """).query(Boolean.class).single();
    }

    private static void assertRefused(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.at("/code")).isEqualTo("overloaded");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    private void offer(String sku, long onHand) {
        var made = api.as(users.admin())
                .post(
                        "/products",
                        Map.of(
                                "name",
                                "A mug",
                                "variants",
                                List.of(Map.of(
                                        "sku",
                                        sku,
                                        "prices",
                                        List.of(Map.of("amount", 255, "currency", "GBP")),
                                        "on_hand",
                                        onHand))),
                        "Idempotency-Key",
                        sku);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    private long available(String sku) {
        return database.sql("""
                        SELECT on_hand - reserved FROM inventory.levels
                        WHERE variant_id = (SELECT id FROM catalog.variants WHERE sku = ?)
                        """).param(sku).query(Long.class).single();
    }

    private void lockStockOf(String sku) {
        database.sql("""
                        SELECT on_hand FROM inventory.levels
                        WHERE variant_id = (SELECT id FROM catalog.variants WHERE sku = ?) FOR UPDATE
                        """).param(sku).query(Long.class).single();
    }

    private Api.Answer order(TestUsers.TestUser buyer, String sku, String key) {
        return api.as(buyer)
                .post(
                        "/orders",
                        "{\"currency\": \"GBP\", \"lines\": [{\"sku\": \"%s\", \"quantity\": 1}], \"payment\": {\"method\": \"invoice\"}}"
                                .formatted(sku),
                        "Idempotency-Key",
                        key);
    }
}
