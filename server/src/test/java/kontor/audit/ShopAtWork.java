package kontor.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.TestUsers;
import kontor.payments.DisputeNews;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentOutcomes;
import kontor.payments.Payments;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** A day in the life of a shop: everything that buyers, staff and gateways do, over HTTP, in an order that chance makes. */
@Component
class ShopAtWork {
    private static final int OPERATIONS = 120;
    private static final int AT_ONCE = 8;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Api api;
    private final TestUsers users;
    private final Payments payments;
    private final PaymentMoves moves;
    private final PaymentOutcomes outcomes;
    private final TransactionTemplate transaction;
    private boolean done;
    private Api staff;
    private Api buyer;

    ShopAtWork(
            Api api,
            TestUsers users,
            Payments payments,
            PaymentMoves moves,
            PaymentOutcomes outcomes,
            TransactionTemplate transaction) {
        this.api = api;
        this.users = users;
        this.payments = payments;
        this.moves = moves;
        this.outcomes = outcomes;
        this.transaction = transaction;
        this.staff = api;
        this.buyer = api;
    }

    /** Once, for all tests of this shop. */
    synchronized void workADay() throws Exception {
        if (done) return;
        done = true; // whatever goes wrong goes wrong once
        staff = api.as(users.admin());
        buyer = api.as(users.customer());
        sell("MUG", 255, 100_000);
        sell("LAMP", 1999, 100_000);
        sell("SCARCE", 500, 20);
        sell("GIFT", 0, 100_000);
        everyKindOnce();
        importHistory();
        work(OPERATIONS);
    }

    /** Buyers and staff do this many things, several at once. */
    void work(int operations) throws Exception {
        var seed = new Random().nextLong();
        System.err.println("the shop's seed " + seed);
        var random = new Random(seed);
        var calls = new ArrayList<Callable<Integer>>();
        for (var operation = 0; operation < operations; operation++) {
            var chance = new Random(random.nextLong());
            calls.add(() -> somethingOrOther(chance));
        }
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (var call : threads.invokeAll(calls)) assertThat(call.get()).isLessThan(500);
        }
    }

    private void sell(String sku, long price, long onHand) {
        var variant =
                Map.of("sku", sku, "prices", List.of(Map.of("amount", price, "currency", "GBP")), "on_hand", onHand);
        var made = staff.post("/products", Map.of("name", sku, "variants", List.of(variant)), "Idempotency-Key", sku);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    /** So that there is something of each kind, whatever chance says. */
    private void everyKindOnce() {
        assertThat(order("MUG", 2, INVOICE, "").status()).isEqualTo(201);
        assertThat(order("MUG", 2, INVOICE, "express").status()).isEqualTo(201);
        assertThat(order("GIFT", 1, INVOICE, "").at("/payment_status")).isEqualTo("paid");
        assertThat(order("LAMP", 1, card("pm_card_visa"), "express").at("/payment_status"))
                .isEqualTo("paid");
        assertThat(order("LAMP", 1, card("pm_card_chargeDeclined"), "").status())
                .isEqualTo(402);
        assertThat(order("LAMP", 1, card("pm_card_threeDSecure2Required"), "").status())
                .isEqualTo(202);
        assertThat(cancel(order("MUG", 3, INVOICE, "")).status()).isEqualTo(200);
        assertThat(cancel(order("MUG", 3, card("pm_card_threeDSecure2Required"), ""))
                        .status())
                .isEqualTo(200);
        moveMoneyInEveryWay();
    }

    private void moveMoneyInEveryWay() {
        var held = hold("LAMP", 1);
        assertThat(staff("capture", held, "{\"amount\": {\"amount\": 999, \"currency\": \"GBP\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(staff("capture", hold("LAMP", 1), "{}").status()).isEqualTo(200);
        assertThat(cancel(hold("LAMP", 1), staff).status()).isEqualTo(200);
        hold("LAMP", 2);
        var paid = order("LAMP", 1, card("pm_card_visa"), "express");
        assertThat(staff(
                                "refunds",
                                paid,
                                "{\"reason\": \"returned\", \"lines\": [{\"sku\": \"LAMP\", \"quantity\": 1}]}")
                        .status())
                .isEqualTo(201);
        var invoice = order("MUG", 2, INVOICE, "express");
        assertThat(staff(
                                "payments",
                                invoice,
                                "{\"method\": \"transfer\", \"amount\": {\"amount\": 100, \"currency\": \"GBP\"}}")
                        .status())
                .isEqualTo(201);
        assertThat(staff(
                                "payments",
                                invoice,
                                "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\"}")
                        .status())
                .isEqualTo(201);
        assertThat(staff(
                                "refunds",
                                invoice,
                                "{\"reason\": \"other\", \"amount\": {\"amount\": 150, \"currency\": \"GBP\"}}")
                        .status())
                .isEqualTo(201);
        var back = order("MUG", 2, card("pm_card_visa"), "");
        assertThat(staff("refunds", back, "{\"reason\": \"other\"}").status()).isEqualTo(201);
        assertThat(cancel(back, staff).status()).isEqualTo(200);
        var refund = staff("refunds", order("MUG", 1, card("pm_card_refundFail"), ""), "{\"reason\": \"other\"}");
        var orderId = Long.parseLong(refund.at("/order_id"));
        var refunded = transaction.execute(_ -> moves.ofRefund(orderId, Long.parseLong(refund.at("/id"))));
        outcomes.refundCameBack(refunded.getFirst().operation(), "expired_or_canceled_card", "gateway:stripe");
        var disputed = order("LAMP", 1, card("pm_card_visa"), "");
        var payment = payments.ofOrder(Long.parseLong(disputed.at("/id"))).getFirst();
        var news = new DisputeNews("dp_1", payment.amount(), DisputeNews.Status.OPEN, true, "fraudulent");
        outcomes.disputed(payment, news, "gateway:stripe");
        var lost = order("LAMP", 1, card("pm_card_visa"), "");
        var taken = payments.ofOrder(Long.parseLong(lost.at("/id"))).getFirst();
        var again = new DisputeNews("dp_2", taken.amount(), DisputeNews.Status.LOST, true, "fraudulent", 3);
        outcomes.disputed(taken, again, "gateway:stripe");
    }

    private Api.Answer hold(String sku, int quantity) {
        var answer = staff.post(
                "/orders",
                """
                {"currency": "GBP", "lines": [{"sku": "%s", "quantity": %d}],
                 "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "capture": "later"}}
                """.formatted(sku, quantity),
                "Idempotency-Key",
                UUID.randomUUID().toString());
        assertThat(answer.at("/payment_status")).as(answer.text()).isEqualTo("authorized");
        return answer;
    }

    private Api.Answer staff(String what, Api.Answer order, String body) {
        if (order.at("/id").isEmpty()) return order;
        return staff.post(
                "/orders/" + order.at("/id") + "/" + what,
                body,
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    /** Sales and credits of a shop that was there before: paid and open, against their orders and for customers. */
    private void importHistory() {
        for (var settled : List.of(true, false)) {
            var history = """
                    InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
                    @1,MUG,WHITE MUG,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
                    @1,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850,United Kingdom
                    @2,LAMP,RED LAMP,1,2010-12-01 09:00:00,19.99,,France
                    @3,MUG,,-10,2010-12-01 09:00:00,0.00,,France
                    @4,PEN,PEN,1,2010-12-01 09:00:00,0.125,,France
                    C@5,MUG,WHITE MUG,-2,2010-12-02 08:26:00,2.55,17850,United Kingdom
                    C@6,POST,POSTAGE,-1,2010-12-02 08:26:00,9.00,17850,United Kingdom
                    C@6,D,Discount,-1,2010-12-02 08:26:00,7.50,17850,United Kingdom
                    """.replace("@", settled ? "1" : "2").replace("17850", settled ? "17850" : "17851");
            for (var twice = 0; twice < 2; twice++) {
                var answer = staff.post("/orders/import?settled=" + settled, history, "Content-Type", "text/csv");
                assertThat(answer.at("/state")).as(answer.text()).isEqualTo("completed");
            }
        }
    }

    private int somethingOrOther(Random chance) throws Exception {
        var sku = chance.nextInt(4) == 0 ? "SCARCE" : chance.nextBoolean() ? "MUG" : "LAMP";
        var quantity = 1 + chance.nextInt(3);
        var shipping = chance.nextBoolean() ? "express" : "";
        return switch (chance.nextInt(13)) {
            case 0, 1, 2 -> order(sku, quantity, INVOICE, shipping).status();
            case 3 -> order(sku, quantity, card("pm_card_visa"), shipping).status();
            case 4 ->
                order(sku, quantity, card("pm_card_chargeDeclined"), shipping).status();
            case 5 -> cancel(order(sku, quantity, INVOICE, shipping)).status();
            case 6 ->
                cancel(order(sku, quantity, card("pm_card_threeDSecure2Required"), ""))
                        .status();
            case 7 -> payTooLateToCancel(order(sku, quantity, card("pm_card_threeDSecure2Required"), ""));
            case 8 -> order("GIFT", quantity, card("pm_card_visa"), "").status();
            case 9 ->
                staff(
                                "refunds",
                                order(sku, quantity, card("pm_card_visa"), shipping),
                                "{\"reason\": \"other\", \"amount\": {\"amount\": 99, \"currency\": \"GBP\"}}")
                        .status();
            case 10 ->
                staff("payments", order(sku, quantity, INVOICE, shipping), "{\"method\": \"transfer\"}")
                        .status();
            case 11 ->
                staff(
                                "capture",
                                hold("LAMP", quantity),
                                "{\"amount\": {\"amount\": 77, \"currency\": \"GBP\"}, \"last\": true}")
                        .status();
            default -> adjust(sku, chance.nextInt(-2, 5));
        };
    }

    private static final Map<String, String> INVOICE = Map.of("method", "invoice");

    private static Map<String, String> card(String token) {
        return Map.of("method", "card", "gateway", "stripe", "token", token, "return_url", "https://shop.example/back");
    }

    private Api.Answer order(String sku, int quantity, Map<String, String> payment, String shipping) {
        var request = new java.util.HashMap<String, Object>(Map.of(
                "currency", "GBP", "lines", List.of(Map.of("sku", sku, "quantity", quantity)), "payment", payment));
        if (!shipping.isEmpty()) request.put("shipping_option", shipping);
        var key = UUID.randomUUID().toString();
        var answer = buyer.post("/orders", request, "Idempotency-Key", key);
        if (quantity == 2) buyer.post("/orders", request, "Idempotency-Key", key); // some buyers click twice
        return answer;
    }

    private Api.Answer cancel(Api.Answer order) {
        return cancel(order, buyer);
    }

    private Api.Answer cancel(Api.Answer order, Api by) {
        if (order.at("/id").isEmpty()) return order; // it was sold out, and there is nothing to cancel
        var key = UUID.randomUUID().toString();
        return by.post("/orders/" + order.at("/id") + "/cancel", "{}", "Idempotency-Key", key);
    }

    /** The buyer confirms at the bank and calls it off in another window. */
    private int payTooLateToCancel(Api.Answer order) throws Exception {
        if (order.at("/payments/0/action").isEmpty()) return order.status();
        HTTP.send(
                HttpRequest.newBuilder(URI.create(order.at("/payments/0/action")))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("outcome=complete"))
                        .build(),
                BodyHandlers.discarding());
        var answer = cancel(order);
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        buyer.get("/orders/" + order.at("/id")).at("/status").equals("confirmed"));
        return answer.status();
    }

    private int adjust(String sku, int delta) {
        return staff.post(
                        "/stock/" + sku + "/adjustments",
                        Map.of("delta", delta, "reason", "counted"),
                        "Idempotency-Key",
                        UUID.randomUUID().toString())
                .status();
    }
}
