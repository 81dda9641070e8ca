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
class PlacingAnOrderTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    private TestUsers.TestUser buyer;

    @BeforeEach
    void aBuyer() {
        buyer = users.customer();
    }

    @Test
    void confirmsAnOrderOnInvoiceAndReservesItsStock() {
        var mug = shop.article(255, 10);
        var answer = order(mug, 2);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/orders/" + answer.at("/id"));
        assertThat(answer.at("/status")).isEqualTo("confirmed");
        assertThat(answer.at("/payment_status")).isEqualTo("open");
        assertThat(answer.at("/fulfilment_status")).isEqualTo("unfulfilled");
        assertThat(answer.at("/lines/0/sku")).isEqualTo(mug);
        assertThat(answer.at("/lines/0/unit_price/amount")).isEqualTo("255");
        assertThat(answer.at("/total/amount")).isEqualTo("510");
        assertThat(answer.at("/total/currency")).isEqualTo("GBP");
        assertThat(answer.at("/payments/0/method")).isEqualTo("invoice");
        assertThat(answer.at("/payments/0/status")).isEqualTo("open");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void anOrderReadBackIsTheOrderThatWasAnswered() {
        var mug = shop.article(255, 10);
        var placed = order(mug, 2);
        var read = api.as(buyer).get("/orders/" + placed.at("/id"));
        assertThat(read.json()).isEqualTo(placed.json());
    }

    @Test
    void theSameKeyAndBodyGiveTheSameAnswerAndOneOrder() {
        var mug = shop.article(255, 10);
        var key = UUID.randomUUID().toString();
        var first = order(mug, 2, key);
        var again = order(mug, 2, key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void theFormOfTheBodyDoesNotCount() {
        var mug = shop.article(255, 10);
        var key = UUID.randomUUID().toString();
        var first = api.as(buyer)
                .post(
                        "/orders",
                        "{\"currency\":\"GBP\",\"lines\":[{\"sku\":\"%s\",\"quantity\":1}],\"payment\":{\"method\":\"invoice\"}}"
                                .formatted(mug),
                        "Idempotency-Key",
                        key);
        var again = api.as(buyer)
                .post(
                        "/orders",
                        "{ \"payment\": {\"method\": \"invoice\"},\n \"lines\": [ {\"quantity\": 1, \"sku\": \"%s\"} ], \"currency\": \"GBP\" }"
                                .formatted(mug),
                        "Idempotency-Key",
                        key);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(shop.available(mug)).isEqualTo(9);
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefusedAndReservesNothing() {
        var mug = shop.article(255, 10);
        var key = UUID.randomUUID().toString();
        order(mug, 2, key);
        var other = order(mug, 3, key);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.at("/code")).isEqualTo("idempotency_key_reused");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void keysOfDifferentBuyersNeverMeet() {
        var mug = shop.article(255, 10);
        var key = UUID.randomUUID().toString();
        var mine = order(mug, 1, key);
        buyer = users.customer();
        var theirs = order(mug, 1, key);
        assertThat(theirs.status()).isEqualTo(201);
        assertThat(theirs.at("/id")).isNotEqualTo(mine.at("/id"));
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void refusesWithoutAKeyAndReservesNothing() {
        var mug = shop.article(255, 10);
        var answer = api.as(buyer).post("/orders", body(mug, 1));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/code")).isEqualTo("idempotency_key_required");
        assertThat(api.as(buyer)
                        .post("/orders", body(mug, 1), "Idempotency-Key", "x".repeat(256))
                        .at("/code"))
                .isEqualTo("idempotency_key_invalid");
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void refusesWhenStockIsShortAndReservesNothing() {
        var mug = shop.article(255, 2);
        var cup = shop.article(100, 5);
        var answer = api.as(buyer).post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 1}, {"sku": "%s", "quantity": 3}],
                         "payment": {"method": "invoice"}}
                        """.formatted(cup, mug), "Idempotency-Key", "k");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("out_of_stock");
        assertThat(answer.at("/sku")).isEqualTo(mug);
        assertThat(answer.at("/available")).isEqualTo("2");
        assertThat(shop.available(mug)).isEqualTo(2);
        assertThat(shop.available(cup)).isEqualTo(5);
        assertThat(ordersOfBuyer()).isZero();
    }

    @Test
    void aKeyWhoseOrderWasRefusedMayTryAgain() {
        var mug = shop.article(255, 1);
        var key = UUID.randomUUID().toString();
        assertThat(order(mug, 2, key).status()).isEqualTo(409);
        shop.receive(mug, 5);
        assertThat(order(mug, 2, key).status()).isEqualTo(201);
        assertThat(shop.available(mug)).isEqualTo(4);
    }

    @Test
    void refusesAnotherTotalThanExpectedAndReservesNothing() {
        var mug = shop.article(255, 10);
        var answer = api.as(buyer).post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}], "payment": {"method": "invoice"},
                         "expected_total": {"amount": 1, "currency": "GBP"}}
                        """.formatted(mug), "Idempotency-Key", "k");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.at("/code")).isEqualTo("price_changed");
        assertThat(answer.at("/total/amount")).isEqualTo("510");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(ordersOfBuyer()).isZero();
    }

    @Test
    void aPriceThatChangesBehindTheServersBackIsTheOneThatCounts() {
        var mug = shop.article(255, 10);
        assertThat(order(mug, 1).at("/total/amount")).isEqualTo("255");
        shop.changePriceBehindTheServersBack(mug, 999);
        assertThat(order(mug, 1).at("/total/amount")).isEqualTo("999");
    }

    @Test
    void aRepetitionIsAnsweredEvenWhenTheArticleIsNoLongerSold() {
        var mug = shop.article(255, 10);
        var key = UUID.randomUUID().toString();
        var first = order(mug, 1, key);
        shop.changePriceBehindTheServersBack(mug, 999);
        assertThat(order(mug, 1, key).text()).isEqualTo(first.text());
        shop.archive(mug);
        assertThat(order(mug, 1, "another").at("/errors/0/code")).isEqualTo("unknown_sku");
        assertThat(order(mug, 1, key).text()).isEqualTo(first.text());
    }

    @Test
    void anArticleNamedTwiceBecomesOneLine() {
        var mug = shop.article(255, 10);
        var answer = api.as(buyer).post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}, {"sku": "%s", "quantity": 3}],
                         "payment": {"method": "invoice"}, "shipping_option": "express"}
                        """.formatted(mug, mug), "Idempotency-Key", "k");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().at("/lines").size()).isEqualTo(1);
        assertThat(answer.at("/lines/0/quantity")).isEqualTo("5");
        assertThat(answer.at("/shipping/amount")).isEqualTo("495");
        assertThat(answer.at("/total/amount")).isEqualTo("1770");
        assertThat(shop.available(mug)).isEqualTo(5);
    }

    @Test
    void aGuestOrdersWithAnEmailAddress() {
        var mug = shop.article(255, 10);
        var without = api.post(
                "/orders", body(mug, 1), "Idempotency-Key", UUID.randomUUID().toString());
        assertThat(without.status()).isEqualTo(422);
        assertThat(without.at("/errors/0/field")).isEqualTo("email");
        var body = body(mug, 1).replace("{\"currency\"", "{\"email\": \"ann@example.org\", \"currency\"");
        var with =
                api.post("/orders", body, "Idempotency-Key", UUID.randomUUID().toString());
        assertThat(with.status()).as(with.text()).isEqualTo(201);
        assertThat(with.at("/email")).isEqualTo("ann@example.org");
        assertThat(shop.available(mug)).isEqualTo(9);
    }

    @Test
    void fiftyEqualRequestsAtOnceMakeOneOrderAndFiftyEqualAnswers() throws Exception {
        var mug = shop.article(255, 100);
        var key = UUID.randomUUID().toString();
        var requests = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 50; i++) requests.add(() -> order(mug, 2, key));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(requests);
            var texts = new java.util.HashSet<String>();
            for (var answer : answers) {
                assertThat(answer.resultNow().status()).isEqualTo(201);
                texts.add(answer.resultNow().text());
            }
            assertThat(texts).hasSize(1);
        }
        assertThat(shop.available(mug)).isEqualTo(98);
        assertThat(ordersOfBuyer()).isEqualTo(1);
    }

    @Test
    void twoHundredBuyersForAHundredUnitsBuyExactlyAHundred() throws Exception {
        var mug = shop.article(255, 100);
        var requests = new ArrayList<Callable<Api.Answer>>();
        for (var i = 0; i < 200; i++) requests.add(() -> order(mug, 1));
        var placed = 0;
        var refused = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(requests)) {
                switch (answer.resultNow().status()) {
                    case 201 -> placed++;
                    case 409 -> refused++;
                    default -> throw new AssertionError(answer.resultNow().text());
                }
            }
        }
        assertThat(placed).isEqualTo(100);
        assertThat(refused).isEqualTo(100);
        assertThat(shop.available(mug)).isZero();
        assertThat(ordersOfBuyer()).isEqualTo(100);
    }

    @Test
    void whatAnOrderLeavesBehindFitsTogether() {
        var mug = shop.article(255, 10);
        var id = Long.parseLong(order(mug, 2).at("/id"));
        assertThat(database.sql("SELECT count(*) FROM orders.history WHERE order_id = ? AND version = 1")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        assertThat(database.sql("SELECT type FROM events.outbox WHERE order_id = ?")
                        .param(id)
                        .query(String.class)
                        .list())
                .containsExactly("order.placed");
        assertThat(database.sql("""
                                SELECT account || ' ' || amount FROM ledger.entries
                                JOIN ledger.transactions ON transactions.id = transaction_id
                                WHERE order_id = ? ORDER BY line
                                """).param(id).query(String.class).list())
                .containsExactly("receivables 510", "revenue -510");
    }

    private Api.Answer order(String sku, int quantity) {
        return order(sku, quantity, UUID.randomUUID().toString());
    }

    private Api.Answer order(String sku, int quantity, String key) {
        return api.as(buyer).post("/orders", body(sku, quantity), "Idempotency-Key", key);
    }

    private static String body(String sku, int quantity) {
        return """
                {"currency": "GBP", "lines": [{"sku": "%s", "quantity": %d}], "payment": {"method": "invoice"}}
                """.formatted(sku, quantity).strip();
    }

    private long ordersOfBuyer() {
        return database.sql("SELECT count(*) FROM orders.orders WHERE customer_id = ?")
                .param(buyer.id())
                .query(Long.class)
                .single();
    }
}
