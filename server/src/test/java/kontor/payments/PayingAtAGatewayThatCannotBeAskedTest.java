package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.adyen.model.notification.Amount;
import com.adyen.model.notification.NotificationRequestItem;
import com.adyen.util.HMACValidator;
import java.net.URI;
import java.security.SignatureException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import kontor.orders.TestShop;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** The whole way of an order through Adyen, which answers a payment at once and everything else by message only. */
@KontorTest
class PayingAtAGatewayThatCannotBeAskedTest {
    private static final String NO_MESSAGES = "{\"kind\": \"webhook_late\", \"ms\": 600000, \"count\": 10}";

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

    @BeforeEach
    void aBuyerAndAMug() {
        buyer = users.customer();
        mug = shop.article(255, 10);
    }

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @Test
    void aGoodCardConfirmsTheOrderOnceAlsoWhenTheMessageSaysItAgain() {
        var order = pay("test_card");
        assertThat(order.status()).as(order.text()).isEqualTo(201);
        assertThat(order.at("/payments/0/gateway")).isEqualTo("adyen");
        assertThat(order.at("/payments/0/status")).isEqualTo("captured");
        eventually(() -> messages(order).equals(List.of("AUTHORISATION processed")));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aRefusedCardCancelsTheOrderAndFreesTheStock() {
        var answer = pay("test_card_refused_12");
        assertThat(answer.status()).isEqualTo(402);
        assertThat(answer.at("/decline_code")).isEqualTo("insufficient_funds");
        assertThat(shop.available(mug)).isEqualTo(10);
        assertThat(TestGateway.effectsOn(answer.at("/order_id"))).isEmpty();
    }

    @Test
    void theBuyerWhoComesBackFrom3DSecureBringsTheAnswer() {
        TestGateway.fault(NO_MESSAGES);
        var order = pay("test_card_3ds");
        assertThat(order.status()).as(order.text()).isEqualTo(202);
        var back = TestGateway.press(order.at("/payments/0/action"), "complete");
        assertThat(read(order).at("/status")).isEqualTo("pending_payment");
        var confirmed = confirm(
                order, redirectResultIn(back.headers().firstValue("Location").orElseThrow()));
        assertThat(confirmed.text()).isEqualTo("{\"status\":\"captured\"}");
        assertThat(read(order).at("/status")).isEqualTo("confirmed");
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(confirm(order, "whatever").text()).isEqualTo("{\"status\":\"captured\"}");
    }

    @Test
    void theMessageBringsItForABuyerWhoDoesNotComeBack() {
        var order = pay("test_card_3ds");
        TestGateway.press(order.at("/payments/0/action"), "complete");
        eventually(() -> "confirmed".equals(read(order).at("/status")));
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void whatABrowserBringsBackIsWorthNothingByItself() {
        var order = pay("test_card_3ds");
        var other = pay("test_card_3ds");
        TestGateway.fault(NO_MESSAGES);
        var back = TestGateway.press(other.at("/payments/0/action"), "complete");
        var stolen = redirectResultIn(back.headers().firstValue("Location").orElseThrow());
        for (var brought : List.of("nonsense", stolen))
            assertThat(confirm(order, brought).text()).isEqualTo("{\"status\":\"requires_action\"}");
        assertThat(read(order).at("/status")).isEqualTo("pending_payment");
        assertThat(TestGateway.effectsOn(order.at("/id"))).isEmpty();
        assertThat(shop.available(mug)).isEqualTo(6);
    }

    @Test
    void aFailed3DSecureStepCancelsTheOrder() {
        TestGateway.fault(NO_MESSAGES);
        var order = pay("test_card_3ds");
        var back = TestGateway.press(order.at("/payments/0/action"), "fail");
        var answer = confirm(
                order, redirectResultIn(back.headers().firstValue("Location").orElseThrow()));
        assertThat(answer.text()).isEqualTo("{\"status\":\"failed\"}");
        assertThat(read(order).at("/status")).isEqualTo("cancelled");
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void aLostAnswerIsRecoveredByTheMessage() {
        TestGateway.fault("{\"kind\": \"drop\", \"operation\": \"create\"}");
        var order = pay("test_card");
        assertThat(order.status()).isEqualTo(202);
        eventually(() -> "confirmed".equals(read(order).at("/status")));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void aLostAnswerWithoutAMessageIsRecoveredByAskingAgainUnderTheSameKey() {
        TestGateway.fault(NO_MESSAGES);
        TestGateway.fault("{\"kind\": \"drop\", \"operation\": \"create\"}");
        var order = pay("test_card");
        assertThat(order.at("/payments/0/status")).isEqualTo("unknown");
        database.sql("UPDATE payments.operations SET next_attempt_at = now() WHERE order_id = ?")
                .param(Long.parseLong(order.at("/id")))
                .update();
        eventually(() -> "confirmed".equals(read(order).at("/status")));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void whatWasNeverAnsweredIsNeverTakenForRefused() {
        TestGateway.fault("{\"kind\": \"error\", \"when\": \"before\", \"operation\": \"create\"}");
        var order = pay("test_card");
        new JdbcTemplate(TestDatabase.owner())
                .update(
                        "UPDATE payments.operations SET created_at = now() - interval '30 days', next_attempt_at = now()"
                                + " WHERE order_id = ?",
                        Long.parseLong(order.at("/id")));
        eventually(() -> database.sql("SELECT code FROM payments.operations WHERE order_id = ?")
                .param(Long.parseLong(order.at("/id")))
                .query(String.class)
                .single()
                .contains("too late"));
        assertThat(read(order).at("/payments/0/status")).isEqualTo("unknown");
        assertThat(shop.available(mug)).isEqualTo(8);
    }

    @Test
    void aBankThatTakesItsTimeIsWaitedFor() {
        var order = pay("test_card_pending");
        assertThat(order.status()).isEqualTo(202);
        eventually(() -> "confirmed".equals(read(order).at("/status")));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void anOrderThatIsCalledOffIsCancelledOnceTheMessageSaysSo() {
        var order = pay("test_card_3ds");
        api.as(buyer).post("/orders/" + order.at("/id") + "/cancel", "{}", "Idempotency-Key", "c");
        eventually(() -> "cancelled".equals(read(order).at("/status")));
        TestGateway.press(order.at("/payments/0/action"), "complete");
        assertThat(TestGateway.effectsOn(order.at("/id"))).isEmpty();
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void aMessageAboutAnotherAmountSettlesNothing() {
        TestGateway.fault(NO_MESSAGES);
        var order = pay("test_card_3ds");
        var item = item(order, "AUTHORISATION", true, 511);
        assertThat(send(item).text()).isEqualTo("[accepted]");
        assertThat(kept(item)).isEqualTo("quarantined");
        assertThat(read(order).at("/status")).isEqualTo("pending_payment");
        assertThat(entries(order)).isEmpty();
    }

    @Test
    void aMessageThatContradictsWhatIsSettledIsPutAside() {
        var order = pay("test_card");
        var item = item(order, "AUTHORISATION", false, 510);
        assertThat(send(item).status()).isEqualTo(200);
        assertThat(kept(item)).isEqualTo("quarantined");
        assertThat(read(order).at("/payments/0/status")).isEqualTo("captured");
        assertThat(database.sql("SELECT kind FROM payments.work_items WHERE order_id = ?")
                        .param(Long.parseLong(order.at("/id")))
                        .query(String.class)
                        .list())
                .containsExactly("unexpected_state");
    }

    @Test
    void aMessageThatACrashLeftBehindSettlesItsOperation() {
        TestGateway.fault(NO_MESSAGES);
        var order = pay("test_card_3ds");
        var item = item(order, "AUTHORISATION", true, 510);
        keepOnly(order, item);
        eventually(() -> "processed".equals(kept(item)));
        assertThat(read(order).at("/status")).isEqualTo("confirmed");
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void aContradictionThatACrashLeftBehindIsPutAsideAlthoughNothingIsOpen() {
        var order = pay("test_card");
        var item = item(order, "AUTHORISATION", false, 510);
        keepOnly(order, item);
        eventually(() -> !"received".equals(kept(item)));
        assertThat(kept(item)).isEqualTo("quarantined");
        assertThat(read(order).at("/payments/0/status")).isEqualTo("captured");
    }

    @Test
    void moneyTakenForAPaymentThatHasEndedConfirmsNothing() {
        var declined = pay("test_card_refused_2");
        var item = itemOf(declined.at("/order_id"), "AUTHORISATION", true, 510);
        assertThat(send(item).status()).isEqualTo(200);
        eventually(() -> "processed".equals(kept(item)));
        assertThat(api.as(buyer).get("/orders/" + declined.at("/order_id")).at("/status"))
                .isEqualTo("cancelled");
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void aMessageAboutNobodysPaymentIsPutAside() {
        var item = signed("AUTHORISATION", "somebody-else-1-2", true, 510);
        assertThat(send(item).status()).isEqualTo(200);
        assertThat(kept(item)).isEqualTo("quarantined");
        assertThat(send(item).status()).as("again").isEqualTo(200);
    }

    @Test
    void ofABatchTheGoodOnesAreKeptAndTheOthersRefused() {
        TestGateway.fault(NO_MESSAGES);
        var order = pay("test_card_3ds");
        var good = item(order, "AUTHORISATION", true, 510);
        var bad = item(order, "CAPTURE", true, 510);
        bad.setAdditionalData(Map.of("hmacSignature", "AAAA"));
        var answer = send(bad, good);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("invalid_signature");
        assertThat(answer.at("/kept")).isEqualTo("1");
        assertThat(answer.at("/refused")).isEqualTo("1");
        assertThat(kept(good)).isEqualTo("processed");
        assertThat(kept(bad)).isEmpty();
        assertThat(read(order).at("/status")).isEqualTo("confirmed");
        assertThat(send(good).text()).as("known by now").isEqualTo("[accepted]");
    }

    @Test
    void aGatewayThatCanBeAskedIsAskedWhenTheBuyerComesBack() {
        TestGateway.fault(NO_MESSAGES);
        var order = pay("stripe", "pm_card_threeDSecure2Required");
        assertThat(confirm(order, "whatever").text()).isEqualTo("{\"status\":\"requires_action\"}");
        TestGateway.press(order.at("/payments/0/action"), "complete");
        assertThat(confirm(order, "whatever").text()).isEqualTo("{\"status\":\"captured\"}");
        assertThat(read(order).at("/status")).isEqualTo("confirmed");
        assertThat(entries(order)).containsExactly("gateway_clearing 510", "revenue -510");
    }

    @Test
    void whatIsBroughtBackHasItsBounds() {
        var order = pay("test_card_3ds");
        var path = "/payments/" + order.at("/payments/0/id") + "/confirm";
        assertThat(api.post(path, "{}").status()).isEqualTo(422);
        assertThat(api.post(path, Map.of("parameters", Map.of("x", "y".repeat(10_241))))
                        .status())
                .isEqualTo(422);
        assertThat(api.post(path, Map.of("parameters", Map.of("x".repeat(101), "y")))
                        .status())
                .isEqualTo(422);
        assertThat(api.post(path, Map.of("parameters", Map.of("card", "4242 4242 4242 4242")))
                        .at("/code"))
                .isEqualTo("card_data_refused");
        assertThat(api.post("/payments/999999999999/confirm", Map.of("parameters", Map.of()))
                        .status())
                .isEqualTo(404);
        assertThat(read(order).at("/payments/0/status")).isEqualTo("requires_action");
    }

    private Api.Answer pay(String token) {
        return pay("adyen", token);
    }

    private Api.Answer pay(String gateway, String token) {
        return api.as(buyer)
                .post(
                        "/orders",
                        Map.of(
                                "currency",
                                "GBP",
                                "lines",
                                List.of(Map.of("sku", mug, "quantity", 2)),
                                "payment",
                                Map.of(
                                        "method",
                                        "card",
                                        "gateway",
                                        gateway,
                                        "token",
                                        token,
                                        "return_url",
                                        "https://shop.example/back")),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
    }

    /** As a guest: whoever comes back has nothing to sign in with. */
    private Api.Answer confirm(Api.Answer order, String redirectResult) {
        return api.post(
                "/payments/" + order.at("/payments/0/id") + "/confirm",
                Map.of("parameters", Map.of("redirectResult", redirectResult)));
    }

    private static String redirectResultIn(String address) {
        return URI.create(address).getQuery().substring("redirectResult=".length());
    }

    private Api.Answer read(Api.Answer order) {
        return api.as(buyer).get("/orders/" + order.at("/id"));
    }

    private NotificationRequestItem item(Api.Answer order, String code, boolean success, long value) {
        return itemOf(order.at("/id"), code, success, value);
    }

    /** About the authorization of an order. */
    private NotificationRequestItem itemOf(String orderId, String code, boolean success, long value) {
        var key = database.sql("""
                        SELECT left(installation.id::text, 13) || '-' || order_id || '-' || operations.id
                        FROM payments.operations, payments.installation WHERE order_id = ? AND kind = 'authorize'
                        """)
                .param(Long.parseLong(orderId))
                .query(String.class)
                .single();
        return signed(code, key, success, value);
    }

    private static NotificationRequestItem signed(String code, String reference, boolean success, long value) {
        var item = new NotificationRequestItem()
                .setEventCode(code)
                .setMerchantAccountCode(TestGateway.ADYEN_ACCOUNT)
                .setMerchantReference(reference)
                .setPspReference(UUID.randomUUID().toString().replace("-", "").substring(0, 16))
                .setSuccess(success)
                .setAmount(new Amount().currency("GBP").value(value));
        try {
            return item.setAdditionalData(
                    Map.of("hmacSignature", new HMACValidator().calculateHMAC(item, TestGateway.ADYEN_HMAC_KEY)));
        } catch (SignatureException e) {
            throw new AssertionError(e);
        }
    }

    private Api.Answer send(NotificationRequestItem... items) {
        var wrapped = Arrays.stream(items)
                .map(item -> Map.of("NotificationRequestItem", json(item)))
                .toList();
        return api.post(
                "/gateways/adyen/webhook",
                Map.of("live", "false", "notificationItems", wrapped),
                "Authorization",
                TestGateway.ADYEN_AUTHORIZATION);
    }

    private static Map<String, Object> json(NotificationRequestItem item) {
        return Map.of(
                "eventCode",
                item.getEventCode(),
                "merchantAccountCode",
                item.getMerchantAccountCode(),
                "merchantReference",
                item.getMerchantReference(),
                "pspReference",
                item.getPspReference(),
                "success",
                Boolean.toString(item.isSuccess()),
                "amount",
                Map.of("currency", "GBP", "value", item.getAmount().getValue()),
                "additionalData",
                item.getAdditionalData());
    }

    /** As a server leaves it that dies between keeping a message and acting on it. */
    private void keepOnly(Api.Answer order, NotificationRequestItem item) {
        database.sql("""
                        INSERT INTO payments.inbound_events (gateway, event_id, type, body, order_id, payment_id)
                        VALUES ('adyen', ?, ?, ?, ?, ?)
                        """)
                .param(nameOf(item))
                .param(item.getEventCode())
                .param(new JsonMapper().writeValueAsBytes(json(item)))
                .param(Long.parseLong(order.at("/id")))
                .param(Long.parseLong(order.at("/payments/0/id")))
                .update();
    }

    private static String nameOf(NotificationRequestItem item) {
        return item.getEventCode() + ":" + item.getPspReference() + ":" + item.isSuccess();
    }

    private String kept(NotificationRequestItem item) {
        return database.sql(
                        "SELECT coalesce(max(state), '') FROM payments.inbound_events WHERE gateway = 'adyen' AND event_id = ?")
                .param(nameOf(item))
                .query(String.class)
                .single();
    }

    private List<String> messages(Api.Answer order) {
        return database.sql("SELECT type || ' ' || state FROM payments.inbound_events WHERE order_id = ? ORDER BY type")
                .param(Long.parseLong(order.at("/id")))
                .query(String.class)
                .list();
    }

    private List<String> entries(Api.Answer order) {
        return database.sql("""
                        SELECT account || ' ' || amount FROM ledger.entries
                        JOIN ledger.transactions ON transactions.id = transaction_id
                        WHERE order_id = ? ORDER BY transaction_id, line
                        """)
                .param(Long.parseLong(order.at("/id")))
                .query(String.class)
                .list();
    }

    private static void eventually(BooleanSupplier condition) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(condition::getAsBoolean);
    }
}
