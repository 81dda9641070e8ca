package kontor.orders;

import static kontor.orders.MoneyTester.card;
import static kontor.orders.MoneyTester.key;
import static kontor.orders.OrderSettings.Capture.LATER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.audit.Audit;
import kontor.audit.Finding;
import kontor.database.TestDatabase;
import kontor.payments.GatewayAnswer;
import kontor.payments.Payment;
import kontor.payments.PaymentOutcomes;
import kontor.payments.Payments;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Five unpaid orders and twenty units, in a shop of two servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhatOneAccountMayHoldTest {
    private static final int ORDERS = 5;
    private static final int UNITS = 20;
    private static final int AT_ONCE = 50;
    private static final String INVOICE = "{\"method\": \"invoice\"}";

    private OwnGateway gateway;
    private OwnServer one;
    private OwnServer other;
    private TestUser customer;

    @BeforeAll
    void aShopOfTwoServers(@TempDir Path folder) throws IOException {
        var settings = TestDatabase.another("capped");
        gateway = new OwnGateway(folder);
        var caps = new String[] {
            "--kontor.orders.open-per-user=" + ORDERS,
            "--kontor.orders.held-units-per-user=" + UNITS,
            "--kontor.audit.fresh-for=0s"
        };
        one = new OwnServer(settings, gateway, folder.resolve("one"), caps);
        other = new OwnServer(settings, gateway, folder.resolve("other"), caps);
        one.sell("MUG", 255);
        one.sell("GIFT", 0);
    }

    @AfterAll
    void close() throws IOException {
        one.close();
        other.close();
        gateway.close();
    }

    @BeforeEach
    void somebodyNew() {
        customer = one.bean(TestUsers.class).customer();
    }

    @AfterEach
    void everyInvariantHolds() throws SQLException {
        assertThat(audited()).isEmpty();
    }

    /** What is broken now: the server's own audits may be a moment old. */
    private List<Finding> audited() throws SQLException {
        return new Audit().run(one.bean(DataSource.class), 1, _ -> {}).broken();
    }

    @Test
    void isSoManyUnpaidOrdersAndAnotherMovesNothing() {
        for (var n = 0; n < ORDERS; n++) assertThat(order(1, INVOICE).status()).isEqualTo(201);
        var before = everything();
        var key = key();
        var refused = order(one, 1, INVOICE, key);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("too_many_open_orders");
        assertThat(refused.at("/limit")).isEqualTo("5");
        assertThat(refused.at("/open")).isEqualTo("5");
        assertThat(order(1, card("pm_card_visa")).at("/code")).isEqualTo("too_many_open_orders");
        assertThat(everything()).isEqualTo(before);
        one.staff().post("/orders/" + newest() + "/cancel", Map.of(), "Idempotency-Key", key());
        assertThat(order(one, 1, INVOICE, key).status()).as("with the same key").isEqualTo(201);
    }

    @Test
    void isSoManyUnitsAndOneMoreMovesNothing() {
        assertThat(order(UNITS - 1, INVOICE).status()).isEqualTo(201);
        var before = everything();
        var refused = order(2, INVOICE);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("too_many_units_held");
        assertThat(refused.at("/limit")).isEqualTo("20");
        assertThat(refused.at("/held")).isEqualTo("19");
        assertThat(everything()).isEqualTo(before);
        assertThat(order(1, INVOICE).status()).as("the last one").isEqualTo(201);
    }

    @Test
    void isSaidOfAnOrderThatIsTooLargeByItselfHoweverItIsPaid() {
        for (var payment : List.of(INVOICE, card("pm_card_visa"))) {
            var refused = order(UNITS + 1, payment);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.at("/code")).isEqualTo("too_many_units_held");
            assertThat(refused.at("/detail"))
                    .startsWith("One order may have 20 units")
                    .endsWith("has 21.");
            assertThat(refused.at("/units")).isEqualTo("21");
        }
        assertThat(order(UNITS, card("pm_card_visa")).status()).isEqualTo(201);
    }

    @Test
    void doesNotCountWhatAGatewayHoldsNorWhenAPartOfItIsTaken() {
        customer = one.bean(TestUsers.class).admin(); // who may have it taken later
        var order = order(3, """
                {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "capture": "later"}""");
        assertThat(order.at("/payment_status")).isEqualTo("authorized");
        assertThat(held()).isEqualTo("0 0");
        assertThat(capture(order, Map.of("amount", MoneyTester.gbp(200))).at("/payment_status"))
                .isEqualTo("partially_paid");
        assertThat(held()).isEqualTo("0 0");
        assertThat(capture(order, Map.of()).at("/payment_status")).isEqualTo("paid");
        assertThat(held()).isEqualTo("0 0");
    }

    private Api.Answer capture(Api.Answer order, Object body) {
        return one.staff().post("/orders/" + order.at("/id") + "/capture", body, "Idempotency-Key", key());
    }

    @Test
    void isNeverExceededByOrdersThatComeAtOnceToBothServers() throws Exception {
        var answers = atOnce(1);
        assertThat(count(answers, 201)).isEqualTo(ORDERS);
        assertThat(count(answers, 409)).isEqualTo(AT_ONCE - ORDERS);
        assertThat(held()).isEqualTo("5 5");
    }

    @Test
    void isNeverExceededInUnitsEither() throws Exception {
        var answers = atOnce(7);
        assertThat(count(answers, 201)).isEqualTo(2);
        assertThat(held()).isEqualTo("2 14");
    }

    @Test
    void doesNotKeepOthersWaitingInTheSameBatches() throws Exception {
        var others = new ArrayList<TestUser>();
        for (var n = 0; n < 10; n++) others.add(one.bean(TestUsers.class).customer());
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var n = 0; n < AT_ONCE; n++) {
            var server = n % 2 == 0 ? one : other;
            var buyer = n % 5 == 0 ? others.get(n / 5) : customer;
            calls.add(() -> order(server.as(buyer.token()), "MUG", 1, INVOICE, key()));
        }
        assertThat(count(Races.atOnce(calls), 201)).isEqualTo(others.size() + ORDERS);
        for (var buyer : others) assertThat(held(buyer)).isEqualTo("1 1");
    }

    @Test
    void isGivenBackOnceWhenAnOrderIsPaidCancelledOrDeclined() {
        assertThat(order(3, card("pm_card_visa")).at("/payment_status")).isEqualTo("paid");
        assertThat(order(3, card("pm_card_chargeDeclined")).status()).isEqualTo(402);
        assertThat(held()).isEqualTo("0 0");
        var cancelled = order(3, INVOICE).at("/id");
        assertThat(cancel(one, cancelled).status()).isEqualTo(200);
        assertThat(cancel(other, cancelled).status()).as("once more").isEqualTo(409);
        assertThat(held()).isEqualTo("0 0");
        var invoice = order(4, INVOICE).at("/id");
        pay(invoice, 20);
        assertThat(held()).as("paid in part").isEqualTo("1 4");
        pay(invoice, 1000);
        assertThat(held()).isEqualTo("0 0");
    }

    private static Api.Answer cancel(OwnServer server, String order) {
        return server.staff().post("/orders/" + order + "/cancel", Map.of(), "Idempotency-Key", key());
    }

    /** As the gateway's message and the recovery bring it, to both servers. */
    @Test
    void isGivenBackOnceHoweverManyBringTheAnswer() throws Exception {
        var paid = order(2, card("pm_card_threeDSecure2Required"));
        var declined = order(3, card("pm_card_threeDSecure2Required"));
        assertThat(held()).isEqualTo("2 5");
        var payment = paymentOf(paid);
        var capture = new GatewayAnswer.Captured(String.valueOf(payment.reference()), payment.amount());
        settleTenTimes(payment, capture);
        assertThat(status(paid)).isEqualTo("confirmed");
        assertThat(held()).isEqualTo("1 3");
        settleTenTimes(paymentOf(declined), new GatewayAnswer.Declined("card_declined", "declined", null));
        assertThat(status(declined)).isEqualTo("cancelled");
        assertThat(held()).isEqualTo("0 0");
    }

    private Payment paymentOf(Api.Answer order) {
        return one.bean(Payments.class).ofOrder(Long.parseLong(order.at("/id"))).getFirst();
    }

    private void settleTenTimes(Payment payment, GatewayAnswer answer) throws Exception {
        var asked = one.bean(Payments.class)
                .waitingAuthorization(payment.orderId(), payment.id())
                .orElseThrow();
        var calls = new ArrayList<Callable<Object>>();
        for (var n = 0; n < 10; n++) {
            var server = n % 2 == 0 ? one : other;
            var actor = n % 4 < 2 ? "gateway:stripe" : "recovery";
            calls.add(
                    Executors.callable(() -> server.bean(PaymentOutcomes.class).settle(asked, answer, actor)));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(calls)) done.get();
        }
    }

    private String status(Api.Answer order) {
        return one.staff().get("/orders/" + order.at("/id")).at("/status");
    }

    /** All of one customer and one article, so that whoever locked the two in another order would wait in a ring. */
    @Test
    void isWhatIsLeftOfPlacingCancellingAndPayingAtOnce() throws Exception {
        for (var round = 0; round < 5; round++) {
            somebodyNew();
            var before = new ArrayList<String>();
            for (var n = 0; n < ORDERS - 1; n++) before.add(order(1, INVOICE).at("/id"));
            var ending = new ArrayList<Callable<Api.Answer>>();
            var placing = new ArrayList<Callable<Api.Answer>>();
            for (var n = 0; n < before.size(); n++) {
                var id = before.get(n);
                var server = n < 2 ? one : other;
                ending.add(n % 2 == 0 ? () -> cancel(server, id) : () -> pay(server, id, 255));
            }
            for (var n = 0; n < 20; n++) {
                var server = n % 2 == 0 ? one : other;
                placing.add(() -> order(server, 1, INVOICE, key()));
            }
            var all = new ArrayList<>(ending);
            all.addAll(placing);
            var answers = Races.atOnce(all);
            var ended = answers.subList(0, ending.size());
            var placed = answers.subList(ending.size(), answers.size());
            assertThat(ended.stream().map(Api.Answer::status)).containsExactly(200, 201, 200, 201);
            assertThat(placed).allMatch(answer -> answer.status() == 201 || answer.status() == 409);
            var stand = count(placed, 201);
            assertThat(stand).isBetween(1L, (long) ORDERS);
            assertThat(held()).isEqualTo(stand + " " + stand);
        }
    }

    /** With the statement of {@code docs/recipes/read-an-audit.md}. */
    @Test
    void isCountedAnewAsTheRecipeSaysWhereItHasGoneWrong() throws Exception {
        order(2, INVOICE);
        pay(order(3, INVOICE).at("/id"), 20);
        order(4, card("pm_card_visa"));
        owner("UPDATE orders.holdings SET unpaid_orders = 7, held_units = -1 WHERE customer_id = " + customer.id());
        assertThat(drifts()).isTrue();
        countAnew();
        assertThat(held()).isEqualTo("2 5");
        owner("DELETE FROM orders.holdings WHERE customer_id = " + customer.id());
        assertThat(drifts()).isTrue();
        countAnew();
        assertThat(held()).isEqualTo("2 5");
        assertThat(drifts()).isFalse();
    }

    private boolean drifts() throws SQLException {
        return audited().stream()
                .anyMatch(finding -> finding.invariant().id().equals("holdings_are_what_unpaid_orders_hold"));
    }

    private void countAnew() throws IOException {
        var recipe = Files.readString(Path.of("../docs/recipes/read-an-audit.md"));
        var begin = recipe.indexOf("    BEGIN;\n    INSERT INTO orders.holdings");
        var end = recipe.indexOf("    COMMIT;", begin);
        assertThat(begin).isPositive();
        assertThat(end).isGreaterThan(begin);
        for (var statement : recipe.substring(begin, end)
                .replace("17", String.valueOf(customer.id()))
                .split(";\n", -1))
            if (!statement.isBlank() && !statement.contains("BEGIN")) owner(statement.replaceFirst(" -- .*", ""));
    }

    @Test
    void isHeldByOrdersThatWaitForTheirBuyersUntilTheyExpire() {
        var waiting = order(2, card("pm_card_threeDSecure2Required"));
        assertThat(waiting.status()).isEqualTo(202);
        assertThat(held()).isEqualTo("1 2");
        owner("UPDATE inventory.holds SET expires_at = now() - interval '1 second' WHERE order_id = "
                + waiting.at("/id"));
        one.bean(Cancelling.class).cancelExpired();
        other.bean(Cancelling.class).cancelExpired();
        assertThat(held()).isEqualTo("0 0");
    }

    @Test
    void doesNotCountWhatCostsNothingNorWhatGuestsOrder() {
        var before = everybodysHoldings();
        for (var n = 0; n <= ORDERS; n++)
            assertThat(order(one.as(customer.token()), "GIFT", 1, INVOICE, key())
                            .status())
                    .isEqualTo(201);
        for (var n = 0; n <= ORDERS; n++)
            assertThat(one.bean(Api.class)
                            .post("/orders", """
                            {"currency": "GBP", "email": "guest@example.org", "lines": [{"sku": "MUG", "quantity": 1}],
                             "payment": {"method": "invoice"}}
                            """, "Idempotency-Key", key())
                            .status())
                    .isEqualTo(201);
        assertThat(everybodysHoldings()).isEqualTo(before);
    }

    /** The customers too, of whom this one has never held anything. */
    private List<String> everybodysHoldings() {
        return one.database()
                .sql("SELECT holdings::text FROM orders.holdings ORDER BY customer_id")
                .query(String.class)
                .list();
    }

    @Test
    void isToldAgainWithTheSameKeyWhoeverHoldsHowMuch() {
        var key = key();
        var first = order(one, 1, INVOICE, key);
        for (var n = 1; n < ORDERS; n++) order(1, INVOICE);
        assertThat(order(1, INVOICE).status()).isEqualTo(409);
        var again = order(other, 1, INVOICE, key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.at("/id")).isEqualTo(first.at("/id"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    }

    @Test
    void isNotNegative() {
        assertThatThrownBy(() -> new OrderSettings(
                        1, 1, 1, Duration.ZERO, Duration.ZERO, LATER, List.of(), Map.of(), Map.of(), -1, 0, Map.of()))
                .hasMessageContaining("kontor.orders.open-per-user");
    }

    private List<Api.Answer> atOnce(int quantity) throws Exception {
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var n = 0; n < AT_ONCE; n++) {
            var server = n % 2 == 0 ? one : other;
            calls.add(() -> order(server, quantity, INVOICE, key()));
        }
        var answers = Races.atOnce(calls);
        assertThat(answers).allMatch(answer -> answer.status() == 201 || answer.status() == 409);
        return answers;
    }

    private Api.Answer order(int quantity, String payment) {
        return order(one, quantity, payment, key());
    }

    private Api.Answer order(OwnServer server, int quantity, String payment, String key) {
        return order(server.as(customer.token()), "MUG", quantity, payment, key);
    }

    private static Api.Answer order(Api buyer, String sku, int quantity, String payment, String key) {
        return buyer.post("/orders", """
                {"currency": "GBP", "lines": [{"sku": "%s", "quantity": %d}], "payment": %s}
                """.formatted(sku, quantity, payment), "Idempotency-Key", key);
    }

    private void pay(String order, long amount) {
        var paid = pay(one, order, amount);
        assertThat(paid.status()).as(paid.text()).isEqualTo(201);
    }

    private static Api.Answer pay(OwnServer server, String order, long amount) {
        var body = Map.of("method", "transfer", "amount", MoneyTester.gbp(amount));
        return server.staff().post("/orders/" + order + "/payments", body, "Idempotency-Key", key());
    }

    private String newest() {
        return one.as(customer.token()).get("/orders?limit=1").at("/items/0/id");
    }

    private static long count(List<Api.Answer> answers, int status) {
        return answers.stream().filter(answer -> answer.status() == status).count();
    }

    private String held() {
        return held(customer);
    }

    /** How many unpaid orders with how many units. */
    private String held(TestUser buyer) {
        return one.database()
                .sql("SELECT unpaid_orders || ' ' || held_units FROM orders.holdings WHERE customer_id = ?")
                .param(buyer.id())
                .query(String.class)
                .single();
    }

    /** What an order would leave behind, counted. */
    private String everything() {
        return one.database().sql("""
                        SELECT concat_ws(' ',
                            (SELECT count(*) FROM orders.orders), (SELECT count(*) FROM orders.lines),
                            (SELECT count(*) FROM orders.history), (SELECT count(*) FROM inventory.holds),
                            (SELECT sum(reserved) FROM inventory.levels), (SELECT count(*) FROM payments.payments),
                            (SELECT count(*) FROM payments.operations), (SELECT count(*) FROM ledger.transactions),
                            (SELECT count(*) FROM events.outbox), (SELECT count(*) FROM idempotency.keys),
                            (SELECT sum(unpaid_orders) FROM orders.holdings), (SELECT sum(held_units) FROM orders.holdings))
                        """).query(String.class).single();
    }

    private static void owner(String sql) {
        JdbcClient.create(TestDatabase.superuserOf("capped")).sql(sql).update();
    }
}
