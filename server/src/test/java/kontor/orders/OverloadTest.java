package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.batching.Lanes;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** More than the lanes have places for. */
@KontorTest
@TestPropertySource(
        properties = {
            "server.port=0",
            "kontor.orders.lanes=1",
            "kontor.orders.queue-bound=2",
            "kontor.orders.largest-batch=1"
        })
class OverloadTest {
    private static final int BUYERS = 12;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private Lanes<LaneCommand, LaneResult> lanes;

    @Test
    void ordersBeyondTheBoundAreRefusedAtOnceAndTheOthersAreTaken() throws Exception {
        var buyer = users.customer();
        var mug = shop.article(255, 100);
        var keys = new ArrayList<String>();
        for (var i = 0; i < BUYERS; i++) keys.add(UUID.randomUUID().toString());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Api.Answer>>();
            transaction.executeWithoutResult(status -> {
                lockStockOf(mug);
                for (var key : keys) answers.add(threads.submit(() -> order(buyer, mug, key)));
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
        assertThat(shop.available(mug)).isEqualTo(97);
        for (var key : keys) assertThat(order(buyer, mug, key).status()).isEqualTo(201);
        assertThat(shop.available(mug)).isEqualTo(100 - BUYERS);
    }

    private static void assertRefused(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.at("/code")).isEqualTo("overloaded");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
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
