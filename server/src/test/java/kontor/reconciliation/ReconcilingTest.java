package kontor.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import kontor.payments.GatewayBooks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The gateway's books beside ours: what is found, what is not, and what becomes of gateway clearing. */
@KontorTest
class ReconcilingTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    @Autowired
    private GatewayBooks gateways;

    private Api accountant;
    private long differenceBefore;

    @BeforeEach
    void whatWasThereBefore() {
        accountant =
                api.as(users.with("finance:read", "finance:write", "orders:refund", "orders:write", "orders:read"));
        run();
        differenceBefore = difference();
    }

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void aPaymentAndItsRefundAreMatchedAndTheirFeesBooked() {
        var order = paid();
        var refund = api.as(users.admin())
                .post(
                        "/orders/" + order.at("/id") + "/refunds",
                        Map.of("amount", Map.of("amount", 200, "currency", "GBP"), "reason", "other"),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(refund.status()).as(refund.text()).isEqualTo(201);
        run();
        assertThat(linesOf(order)).containsExactly("charge 510 matched 0", "refund -200 matched 0");
        assertThat(bookedFor(order)).containsExactly("gateway_clearing -28", "gateway_fees 28"); // 1.5 % and 20
        assertThat(breaksOf(order)).isEmpty();
        assertThat(difference()).isEqualTo(differenceBefore);
    }

    @Test
    void runsAgainAndBesideOneAnotherBookOnce() throws Exception {
        var order = paid();
        Callable<Api.Answer> run = () -> accountant.post("/reconciliation/runs", null);
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var answer : threads.invokeAll(List.of(run, run, run, run)))
                assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(200);
        }
        run();
        assertThat(linesOf(order)).containsExactly("charge 510 matched 0");
        assertThat(bookedFor(order)).containsExactly("gateway_clearing -28", "gateway_fees 28");
        assertThat(difference()).isEqualTo(differenceBefore);
    }

    @Test
    void aRefundBehindOurBackIsMissingHereAndNeverTakenFromRevenue() {
        var order = paid();
        TestGateway.refundBehindOurBack(order.at("/id"));
        run();
        assertThat(linesOf(order)).containsExactly("charge 510 matched 0", "refund -510 suspended -510");
        assertThat(breaksOf(order)).containsExactly("missing_here -510 open");
        assertThat(workItems(order)).containsExactly("break");
        assertThat(bookedFor(order)).containsExactly("gateway_clearing -538", "gateway_fees 28", "suspense 510");
        assertThat(difference()).isEqualTo(differenceBefore);
        run();
        assertThat(breaksOf(order)).containsExactly("missing_here -510 open");
    }

    @Test
    void staffResolveABreakOnceAndItsWorkItemWithIt() {
        var order = paid();
        TestGateway.refundBehindOurBack(order.at("/id"));
        run();
        var id = database.sql("SELECT id FROM reconciliation.breaks WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .query(Long.class)
                .single();
        var path = "/reconciliation/breaks/" + id;
        assertThat(accountant.get(path).at("/kind")).isEqualTo("missing_here");
        assertThat(accountant.post(path + "/resolve", Map.of("note", "")).status())
                .isEqualTo(422);
        assertThat(api.as(users.with("finance:read"))
                        .post(path + "/resolve", Map.of("note", "mine"))
                        .status())
                .isEqualTo(403);
        assertThat(breaksOf(order)).containsExactly("missing_here -510 open");
        var resolved = accountant.post(path + "/resolve", Map.of("note", "refunded on the gateway's page"));
        assertThat(resolved.status()).as(resolved.text()).isEqualTo(200);
        assertThat(resolved.at("/resolved_by")).startsWith("user:");
        assertThat(workItems(order)).isEmpty();
        var again = accountant.post(path + "/resolve", Map.of("note", "again"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/code")).isEqualTo("already_resolved");
        run();
        assertThat(breaksOf(order)).containsExactly("missing_here -510 resolved");
        assertThat(accountant.get("/reconciliation/breaks").text()).doesNotContain("\"id\":" + id + ",");
        assertThat(accountant
                        .get("/reconciliation/breaks?resolved=true&limit=200&gateway=stripe&kind=missing_here")
                        .text())
                .contains("\"id\":" + id + ",");
        assertThat(accountant.get("/reconciliation/breaks?kind=odd").status()).isEqualTo(422);
    }

    @Test
    void aPayoutGoesFromTheGatewayToTheBank() {
        paid();
        run();
        var bank = balance("bank");
        var clearing = balance("gateway_clearing");
        var atGateway = atGateway();
        TestGateway.control("/_payouts", "{}");
        run();
        var paidOut = balance("bank") - bank;
        assertThat(paidOut).isPositive();
        assertThat(balance("gateway_clearing")).isEqualTo(clearing - paidOut);
        assertThat(atGateway()).isEqualTo(atGateway - paidOut);
        assertThat(difference()).isEqualTo(differenceBefore);
    }

    @Test
    void aDisputeIsMatchedWithItsFee() {
        var order = paid();
        var intent = TestGateway.paymentIntentOf(order.at("/id"));
        TestGateway.control(
                "/_disputes",
                "{\"payment_intent\": \"" + intent + "\", \"amount\": \"510\", \"reason\": \"fraudulent\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> postings(order).contains("dispute"));
        run();
        assertThat(linesOf(order)).containsExactly("charge 510 matched 0", "dispute -510 matched 0");
        assertThat(bookedFor(order)).containsExactly("gateway_clearing -2028", "gateway_fees 2028");
        assertThat(difference()).isEqualTo(differenceBefore);
    }

    @Test
    void aRefundThatComesBackIsMatchedTwice() {
        var order = order("pm_card_refundFail");
        api.as(users.admin())
                .post(
                        "/orders/" + order.at("/id") + "/refunds",
                        Map.of("amount", Map.of("amount", 200, "currency", "GBP"), "reason", "other"),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        await().atMost(Duration.ofSeconds(30)).until(() -> postings(order).contains("refund_reversal"));
        run();
        assertThat(linesOf(order))
                .containsExactly("charge 510 matched 0", "refund -200 matched 0", "refund_reversal 200 matched 0");
        assertThat(breaksOf(order)).isEmpty();
        assertThat(difference()).isEqualTo(differenceBefore);
    }

    @Test
    void aLineThatComesBeforeOurAnswerWaitsForIt() {
        TestGateway.fault("{\"kind\": \"drop\", \"operation\": \"create\", \"count\": 1}");
        var order = order();
        if (order.status() == 202) run(); // while nobody knows here, the gateway's books do
        await().atMost(Duration.ofSeconds(30)).until(() -> postings(order).contains("capture"));
        run();
        assertThat(linesOf(order)).containsExactly("charge 510 matched 0");
        assertThat(breaksOf(order)).isEmpty();
        assertThat(difference()).isEqualTo(differenceBefore);
    }

    @Test
    void openQuestionsCanAllBeAskedAboutAtOnce() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"operation\": \"create\", \"count\": 1}");
        TestGateway.fault("{\"kind\": \"drop\", \"operation\": \"search\", \"count\": 1000}");
        var order = order();
        asOwner("UPDATE payments.operations SET next_attempt_at = now() + interval '1 day' WHERE order_id = "
                + order.at("/id"));
        TestGateway.clearFaults();
        assertThat(postings(order)).isEmpty();
        gateways.hasten();
        await().atMost(Duration.ofSeconds(30)).until(() -> postings(order).contains("capture"));
    }

    @Test
    void whatStoodInSuspenseIsTakenOutWhenItIsFound() {
        var order = paid();
        var lost = database.sql("""
                        SELECT entries.amount FROM ledger.entries JOIN ledger.transactions ON transactions.id = transaction_id
                        WHERE order_id = ?::bigint AND account = 'gateway_clearing'
                        """).params(order.at("/id")).query(Long.class).single();
        assertThat(lost).isEqualTo(510);
        asOwner("UPDATE payments.operations SET gateway = 'elsewhere' WHERE order_id = " + order.at("/id"));
        run();
        var intent = TestGateway.paymentIntentOf(order.at("/id"));
        assertThat(linesAt(intent)).containsExactly("charge 510 suspended 510");
        asOwner("UPDATE payments.operations SET gateway = 'stripe' WHERE order_id = " + order.at("/id"));
        run();
        assertThat(linesAt(intent)).containsExactly("charge 510 matched 0");
        assertThat(bookedFor(order)).containsExactly("gateway_clearing -28", "gateway_fees 28");
        assertThat(difference()).isEqualTo(differenceBefore);
        assertThat(database.sql("""
                        SELECT resolved_by FROM reconciliation.breaks JOIN reconciliation.balance_lines AS l ON l.id = line
                        WHERE payment_reference = ?
                        """).params(intent).query(String.class).list()).containsExactly("server");
    }

    @Test
    void anotherAmountThanWeBookedIsABreakOfTheDifference() {
        var order = paid();
        var intent = TestGateway.paymentIntentOf(order.at("/id"));
        // The line as somebody on the way has changed it; the true one finds its name taken.
        asOwner("""
                INSERT INTO reconciliation.balance_lines (gateway, line_id, kind, currency, amount, fee, at, payment_reference, state)
                VALUES ('stripe', '%s', 'charge', 'GBP', 500, 0, now(), '%s', 'waiting')
                """.formatted(TestGateway.newestMovement(), intent));
        run();
        assertThat(linesOf(order)).containsExactly("charge 500 matched -10");
        assertThat(breaksOf(order)).containsExactly("amount_differs -10 open");
        assertThat(bookedFor(order)).containsExactly("gateway_clearing -10", "suspense 10");
    }

    @Test
    void whatTheGatewayNeverListsIsMissingThereAfterAWhile() {
        var order = paid();
        var intent = TestGateway.paymentIntentOf(order.at("/id"));
        // A line of nobody stands where the true one would come.
        asOwner("""
                INSERT INTO reconciliation.balance_lines (gateway, line_id, kind, currency, amount, fee, at, state)
                VALUES ('stripe', '%s', 'fee', 'GBP', 0, 0, now(), 'matched')
                """.formatted(TestGateway.newestMovement()));
        run();
        assertThat(linesAt(intent)).isEmpty();
        assertThat(breaksOf(order)).isEmpty();
        try (var session = new Silenced()) {
            session.execute("UPDATE ledger.transactions SET posted_at = posted_at - interval '3 days' WHERE order_id = "
                    + order.at("/id"));
        }
        run();
        assertThat(breaksOf(order)).containsExactly("missing_there 510 open");
        run();
        assertThat(breaksOf(order)).containsExactly("missing_there 510 open");
        assertThat(difference()).isEqualTo(differenceBefore + 510);
    }

    @Test
    void aGatewayWhoseBooksCannotBeReadIsNotCalledBalancedAndIsReadOnLater() {
        var order = paid();
        TestGateway.fault("{\"kind\": \"error\", \"when\": \"before\", \"operation\": \"balance\", \"count\": 1}");
        var report = run();
        assertThat(report.at("/balanced")).isEqualTo("false");
        assertThat(booksOf(report, "stripe")).startsWith("unavailable the balance transactions: 500");
        assertThat(linesOf(order)).isEmpty();
        assertThat(booksOf(run(), "stripe")).isEqualTo("read ");
        assertThat(linesOf(order)).containsExactly("charge 510 matched 0");
    }

    @Test
    void aGatewayThatOffersNoBooksIsReportedAsSuch() {
        assertThat(booksOf(run(), "flaky")).isEqualTo("not_offered this gateway keeps no books");
    }

    private static String booksOf(Api.Answer report, String name) {
        return report.json()
                .at("/gateways")
                .valueStream()
                .filter(gateway -> gateway.path("gateway").asString().equals(name))
                .map(gateway -> gateway.path("books").asString() + " "
                        + gateway.path("reason").asString(""))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void onlyThoseWhoMayReadTheBooksSeeIt() {
        assertThat(api.get("/reconciliation").status()).isEqualTo(401);
        assertThat(api.as(users.customer()).get("/reconciliation/breaks").status())
                .isEqualTo(403);
        assertThat(api.as(users.with("finance:read"))
                        .post("/reconciliation/runs", null)
                        .status())
                .isEqualTo(403);
    }

    /** A connection on which no trigger stands in the way of what is planted. */
    private static final class Silenced implements AutoCloseable {
        private final java.sql.Connection connection;

        Silenced() {
            try {
                connection = TestDatabase.superuserOf("kontor").getConnection();
                execute("SET session_replication_role = replica");
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        void execute(String sql) {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void asOwner(String sql) {
        JdbcClient.create(TestDatabase.owner()).sql(sql).update();
    }

    private Api.Answer run() {
        var answer = accountant.post("/reconciliation/runs", null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer;
    }

    /** An order of two articles at 2.55. */
    private Api.Answer order() {
        return order("pm_card_visa");
    }

    private Api.Answer order(String card) {
        return api.as(users.customer())
                .post(
                        "/orders",
                        """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}],
                         "payment": {"method": "card", "gateway": "stripe", "token": "%s"}}
                        """.formatted(shop.article(255, 10), card),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
    }

    private Api.Answer paid() {
        var order = order();
        assertThat(order.at("/payment_status")).as(order.text()).isEqualTo("paid");
        return order;
    }

    private long difference() {
        return clearing("/difference/amount");
    }

    private long atGateway() {
        return clearing("/at_gateway/amount");
    }

    private long clearing(String pointer) {
        return accountant
                .get("/reconciliation")
                .json()
                .at("/gateways")
                .valueStream()
                .filter(gateway -> gateway.path("gateway").asString().equals("stripe"))
                .flatMap(gateway -> gateway.path("clearing").valueStream())
                .filter(sums -> sums.at("/in_ledger/currency").asString().equals("GBP"))
                .mapToLong(sums -> sums.at(pointer).asLong())
                .sum();
    }

    private List<String> linesOf(Api.Answer order) {
        return database.sql("""
                        SELECT concat_ws(' ', kind, amount, state, suspended) FROM reconciliation.balance_lines
                        WHERE order_id = ?::bigint ORDER BY id
                        """).params(order.at("/id")).query(String.class).list();
    }

    private List<String> linesAt(String intent) {
        return database.sql("""
                        SELECT concat_ws(' ', kind, amount, state, suspended) FROM reconciliation.balance_lines
                        WHERE payment_reference = ? ORDER BY id
                        """).params(intent).query(String.class).list();
    }

    /** What the books say of the lines about an order, by account. */
    private List<String> bookedFor(Api.Answer order) {
        return database.sql("""
                        SELECT account || ' ' || sum(entries.amount)
                        FROM reconciliation.balance_lines AS line
                        JOIN ledger.transactions ON source_type = 'balance_line' AND source_id = line.id
                        JOIN ledger.entries ON transaction_id = transactions.id
                        WHERE line.order_id = ?::bigint GROUP BY account HAVING sum(entries.amount) <> 0 ORDER BY account
                        """).params(order.at("/id")).query(String.class).list();
    }

    private List<String> breaksOf(Api.Answer order) {
        return database.sql("""
                        SELECT concat_ws(' ', kind, amount, CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END)
                        FROM reconciliation.breaks WHERE order_id = ?::bigint ORDER BY id
                        """).params(order.at("/id")).query(String.class).list();
    }

    private List<String> workItems(Api.Answer order) {
        return database.sql("""
                        SELECT kind FROM payments.work_items
                        WHERE order_id = ?::bigint AND kind = 'break' AND resolved_at IS NULL
                        """).params(order.at("/id")).query(String.class).list();
    }

    private List<String> postings(Api.Answer order) {
        return database.sql("SELECT kind FROM ledger.transactions WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .query(String.class)
                .list();
    }

    private long balance(String account) {
        return database.sql(
                        "SELECT coalesce(sum(amount), 0) FROM ledger.entries WHERE account = ? AND currency = 'GBP'")
                .params(account)
                .query(Long.class)
                .single();
    }
}
