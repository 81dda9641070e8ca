package kontor.orders;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Buys, and does with the money of an order what staff do; reads what came of it. */
@Component
class MoneyTester {
    private final Api api;
    private final TestUsers users;
    private final TestShop shop;
    private final JdbcClient database;

    MoneyTester(Api api, TestUsers users, TestShop shop, JdbcClient database) {
        this.api = api;
        this.users = users;
        this.shop = shop;
        this.database = database;
    }

    static Map<String, Object> gbp(long amount) {
        return Map.of("amount", amount, "currency", "GBP");
    }

    Api staff() {
        return api.as(users.admin());
    }

    /** An order of two articles at 2.55 by a buyer of their own, 5.10 in all. */
    Api.Answer order(String payment) {
        return orderBy(api.as(users.customer()), payment);
    }

    Api.Answer orderBy(Api buyer, String payment) {
        return buyer.post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}], "payment": %s}
                        """.formatted(shop.article(255, 10), payment), "Idempotency-Key", key());
    }

    Api.Answer paid() {
        return order(card("pm_card_visa"));
    }

    /** Of which the money is only held. */
    Api.Answer held() {
        return orderBy(staff(), """
                        {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "capture": "later",
                         "return_url": "https://shop.example/back"}""");
    }

    /** The same at a gateway that answers a payment at once and everything else by message only. */
    Api.Answer heldAtAdyen() {
        return orderBy(staff(), """
                        {"method": "card", "gateway": "adyen", "token": "test_card", "capture": "later",
                         "return_url": "https://shop.example/back"}""");
    }

    /** Paid there at once. */
    Api.Answer paidAtAdyen() {
        return order("""
                {"method": "card", "gateway": "adyen", "token": "test_card", "return_url": "https://shop.example/back"}""");
    }

    /** The same with express shipping. */
    Api.Answer withShipping(String payment) {
        return api.as(users.customer())
                .post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}], "shipping_option": "express",
                         "payment": %s}
                        """.formatted(shop.article(255, 10), payment), "Idempotency-Key", key());
    }

    Api.Answer onInvoice() {
        return order("{\"method\": \"invoice\"}");
    }

    static String card(String token) {
        return "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"" + token
                + "\", \"return_url\": \"https://shop.example/back\"}";
    }

    static String key() {
        return UUID.randomUUID().toString();
    }

    Api.Answer capture(Api.Answer order, Object body) {
        return staff().post("/orders/" + order.at("/id") + "/capture", body, "Idempotency-Key", key());
    }

    Api.Answer refund(Api.Answer order, Object body) {
        return staff().post("/orders/" + order.at("/id") + "/refunds", body, "Idempotency-Key", key());
    }

    Api.Answer refund(Api.Answer order, long amount) {
        return refund(order, Map.of("amount", gbp(amount), "reason", "other"));
    }

    Api.Answer pay(Api.Answer order, Object body) {
        return staff().post("/orders/" + order.at("/id") + "/payments", body, "Idempotency-Key", key());
    }

    Api.Answer cancel(Api.Answer order) {
        return staff().post("/orders/" + order.at("/id") + "/cancel", "{}", "Idempotency-Key", key());
    }

    /** Waits until what a message brought is on record. */
    void awaitThat(ThrowingRunnable holds) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(holds);
    }

    Api.Answer read(Api.Answer order) {
        return staff().get("/orders/" + order.at("/id"));
    }

    String paymentStatus(Api.Answer order) {
        return read(order).at("/payment_status");
    }

    void eventually(Api.Answer order, String paymentStatus) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> paymentStatus.equals(paymentStatus(order)));
    }

    /** What the books show for an order, by account; accounts at zero are left out. */
    List<String> books(Api.Answer order) {
        return database.sql("""
                        SELECT account || ' ' || sum(amount) FROM ledger.transactions JOIN ledger.entries ON transaction_id = id
                        WHERE order_id = ?::bigint GROUP BY account HAVING sum(amount) <> 0 ORDER BY account
                        """).params(order.at("/id")).query(String.class).list();
    }

    /** What was booked for an order, by kind. */
    List<String> postings(Api.Answer order) {
        return database.sql(
                        "SELECT kind FROM ledger.transactions WHERE order_id = ?::bigint ORDER BY kind COLLATE \"C\"")
                .params(order.at("/id"))
                .query(String.class)
                .list();
    }

    /** What gateways were asked about an order, the first question first: kind, state and code. */
    List<String> operations(Api.Answer order) {
        return database.sql("""
                        SELECT concat_ws(' ', kind, state, code) FROM payments.operations WHERE order_id = ?::bigint ORDER BY id
                        """).params(order.at("/id")).query(String.class).list();
    }

    /** What a gateway told about an order by itself, and what came of that. */
    List<String> messages(Api.Answer order) {
        return database.sql(
                        "SELECT type || ' ' || state FROM payments.inbound_events WHERE order_id = ?::bigint ORDER BY type")
                .params(order.at("/id"))
                .query(String.class)
                .list();
    }

    /** Captured, under way, given back, being given back: of each payment, the oldest first. */
    List<String> payments(Api.Answer order) {
        return database.sql("""
                        SELECT concat_ws(' ', method, status, captured, capturing, refunded, refunding)
                        FROM payments.payments WHERE order_id = ?::bigint ORDER BY id
                        """).params(order.at("/id")).query(String.class).list();
    }

    List<String> history(Api.Answer order) {
        return database.sql("SELECT event FROM orders.history WHERE order_id = ?::bigint ORDER BY version")
                .params(order.at("/id"))
                .query(String.class)
                .list();
    }

    List<String> workItems(Api.Answer order) {
        return database.sql("""
                        SELECT kind FROM payments.work_items
                        WHERE order_id = ?::bigint AND resolved_at IS NULL ORDER BY id
                        """).params(order.at("/id")).query(String.class).list();
    }

    /**
     * Pays an ended payment once more under its name, past the server: as another one that was started from a copy of its
     * database would.
     *
     * @param captureMethod Stripe's: {@code automatic} or {@code manual}
     */
    void payBehindOurBack(Api.Answer order, String captureMethod) {
        payBehindOurBack(order, captureMethod, "amount=510&currency=gbp");
    }

    /** @param amount as Stripe's form has it, with its currency */
    void payBehindOurBack(Api.Answer order, String captureMethod, String amount) {
        var names =
                database.sql("""
                        SELECT format('&metadata[kontor_order]=%s&metadata[kontor_payment]=%s&metadata[kontor_operation]=%s-%s-%s',
                            order_id, payment_id, left((SELECT id FROM payments.installation)::text, 13), order_id, id)
                        FROM payments.operations WHERE order_id = ?::bigint AND kind = 'authorize'
                        """).params(order.at("/id")).query(String.class).single();
        TestGateway.callStripe(
                "/v1/payment_intents",
                amount + "&confirm=true&payment_method=pm_card_visa&capture_method=" + captureMethod + names);
    }

    /** The gateway's name for what the order was to be paid with. */
    String referenceOf(Api.Answer order) {
        return database.sql("SELECT gateway_reference FROM payments.payments WHERE order_id = ?::bigint")
                .params(order.at("/id"))
                .query(String.class)
                .single();
    }

    /** As if so much time had gone by for what is under way. */
    void letPass(Api.Answer order, String interval) {
        try (var connection = TestDatabase.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.executeUpdate("""
                    UPDATE payments.operations
                    SET created_at = created_at - interval '%1$s', next_attempt_at = next_attempt_at - interval '%1$s'
                    WHERE order_id = %2$s
                    """.formatted(interval, order.at("/id")));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Why the newest operation of an order is not settled, or failed; "" when it is neither. */
    String trouble(Api.Answer order) {
        return database.sql("""
                        SELECT concat_ws(': ', state, code) FROM payments.operations
                        WHERE order_id = ?::bigint ORDER BY id DESC LIMIT 1
                        """).params(order.at("/id")).query(String.class).single();
    }

    /** Waits until the gateway was asked about the newest operation and nothing came of it but this. */
    void eventuallyInTrouble(Api.Answer order, String trouble) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> trouble(order).equals(trouble));
    }

    /** A message as Stripe sends it about a refund. */
    void tellOfRefund(Api.Answer order, String refund, String status, long amount) {
        var key = database.sql("""
                        SELECT left((SELECT id FROM payments.installation)::text, 13) || '-' || order_id || '-' || id
                        FROM payments.operations WHERE own_reference = ?
                        """).params(refund).query(String.class).single();
        var body = """
                {"id": "evt_%s", "object": "event", "type": "refund.%s", "created": 1764000000,
                 "data": {"object": {"id": "%s", "object": "refund", "status": "%s", "amount": %d, "currency": "gbp",
                   "failure_reason": "expired_or_canceled_card", "payment_intent": "%s",
                   "metadata": {"kontor_operation": "%s"}}}}
                """.formatted(
                        key().replace("-", ""),
                        status,
                        refund,
                        status,
                        amount,
                        TestGateway.paymentIntentOf(order.at("/id")),
                        key);
        var answer = api.post("/gateways/stripe/webhook", body, "Stripe-Signature", TestGateway.signatureOf(body));
        if (answer.status() != 200) throw new AssertionError(answer.text());
    }

    /** What the gateway tells of an order's payment, as it would be sent once more. */
    void tell(Api.Answer order, String type, String status, long received) {
        var body = """
                {"id": "evt_%s", "object": "event", "type": "%s", "created": 1764000000,
                 "data": {"object": {"id": "%s", "object": "payment_intent", "status": "%s", "amount": 510,
                   "amount_received": %d, "currency": "gbp", "metadata": {"kontor_payment": "%s"}}}}
                """.formatted(
                        key().replace("-", ""),
                        type,
                        TestGateway.paymentIntentOf(order.at("/id")),
                        status,
                        received,
                        order.at("/payments/0/id"));
        var answer = api.post("/gateways/stripe/webhook", body, "Stripe-Signature", TestGateway.signatureOf(body));
        if (answer.status() != 200) throw new AssertionError(answer.text());
    }
}
