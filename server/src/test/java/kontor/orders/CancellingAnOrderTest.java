package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class CancellingAnOrderTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    private TestUsers.TestUser buyer;
    private String mug;
    private String order;

    @BeforeEach
    void anOrderOnInvoice() {
        buyer = users.customer();
        mug = shop.article(255, 10);
        order = api.as(buyer)
                .post(
                        "/orders",
                        "{\"currency\": \"GBP\", \"lines\": [{\"sku\": \"%s\", \"quantity\": 4}], \"payment\": {\"method\": \"invoice\"}}"
                                .formatted(mug),
                        "Idempotency-Key",
                        "order")
                .at("/id");
    }

    @Test
    void freesTheStockAndTakesTheSaleBackInTheBooks() {
        var answer = cancel(buyer, "k1");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.at("/status")).isEqualTo("cancelled");
        assertThat(answer.at("/payment_status")).isEqualTo("voided");
        assertThat(answer.at("/payments/0/status")).isEqualTo("voided");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(balance()).isZero();
        assertThat(history()).isEqualTo(2);
    }

    @Test
    void theSameKeyGetsTheSameAnswer() {
        var first = cancel(buyer, "k1");
        var again = cancel(buyer, "k1");
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(history()).isEqualTo(2);
    }

    @Test
    void aSecondTimeWithAnotherKeyIsRefusedAndMovesNothing() {
        cancel(buyer, "k1");
        var again = cancel(buyer, "k2");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/code")).isEqualTo("not_cancellable");
        assertThat(again.at("/order_status")).isEqualTo("cancelled");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(balance()).isZero();
    }

    @Test
    void twentyAtOnceCancelItOnce() throws Exception {
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 20; i++)
            calls.add(() -> cancel(buyer, UUID.randomUUID().toString()));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = threads.invokeAll(calls).stream()
                    .map(answer -> answer.resultNow().status())
                    .toList();
            assertThat(statuses).containsOnly(200, 409).containsOnlyOnce(200);
        }
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(balance()).isZero();
        assertThat(history()).isEqualTo(2);
    }

    @Test
    void aStrangerFindsNoSuchOrderAndStaffNeedThePermission() {
        assertThat(cancel(users.customer(), "k").status()).isEqualTo(404);
        assertThat(cancel(users.with("orders:read"), "k").status()).isEqualTo(404);
        assertThat(shop.available(mug)).isEqualTo(6);
        assertThat(cancel(users.with("orders:cancel"), "k").status()).isEqualTo(200);
    }

    @Test
    void refusesWithoutAKeyAndMovesNothing() {
        var answer = api.as(buyer).post("/orders/" + order + "/cancel", "{}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/code")).isEqualTo("idempotency_key_required");
        assertThat(shop.available(mug)).isEqualTo(6);
    }

    private Api.Answer cancel(TestUsers.TestUser who, String key) {
        return api.as(who)
                .post("/orders/" + order + "/cancel", "{\"reason\": \"changed my mind\"}", "Idempotency-Key", key);
    }

    private long balance() {
        return database.sql("""
                        SELECT sum(amount) FROM ledger.entries
                        JOIN ledger.transactions ON transactions.id = transaction_id
                        WHERE order_id = ? AND account = 'receivables'
                        """).param(Long.parseLong(order)).query(Long.class).single();
    }

    private long history() {
        return database.sql("SELECT count(*) FROM orders.history WHERE order_id = ?")
                .param(Long.parseLong(order))
                .query(Long.class)
                .single();
    }
}
