package kontor.orders;

import static kontor.orders.MoneyTester.card;
import static kontor.orders.MoneyTester.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.oauth.TestClients;
import kontor.accounts.sessions.TokenMemory;
import kontor.database.TestDatabase;
import kontor.web.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Refunds above the limit of 100.00 CHF that all tests have: of an order of five articles at 50.00 CHF. */
@KontorTest
class RefundsOfASecondPersonTest {
    private static final long LIMIT = 10_000;
    private static final String CAPTURED = "captured 25000";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestClients clients;

    @Autowired
    private TestShop shop;

    @Autowired
    private MoneyTester money;

    @Autowired
    private TokenMemory memory;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private RequestedRefundStore store;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private TestUser clerk;
    private TestUser head;
    private String sku = "";
    private Api.Answer order;

    @BeforeEach
    void sellInFrancs() {
        clerk = users.having("finance");
        head = users.having("finance");
        sku = shop.article(5_000, 10);
        shop.alsoSell(sku, 5_000, "CHF");
        order = buy();
    }

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    private Api.Answer buy() {
        return buy(card("pm_card_visa"));
    }

    private Api.Answer buy(String payment) {
        var bought = api.as(users.customer()).post("/orders", """
                        {"currency": "CHF", "lines": [{"sku": "%s", "quantity": 5}], "payment": %s}
                        """.formatted(sku, payment), "Idempotency-Key", key());
        assertThat(bought.status()).as(bought.text()).isEqualTo(201);
        return bought;
    }

    @Test
    void aboveTheLimitAreKeptAndMoveNothing() {
        var kept = ask(LIMIT + 1);
        assertThat(kept.status()).isEqualTo(202);
        assertThat(kept.header("Location")).isEqualTo("/refund-requests/" + kept.at("/id"));
        assertThat(kept.at("/object")).isEqualTo("refund_request");
        assertThat(kept.at("/state")).isEqualTo("requested");
        assertThat(kept.at("/amount/amount")).isEqualTo("10001");
        assertThat(kept.at("/asked/reason")).isEqualTo("other");
        assertThat(kept.at("/requested_by")).isEqualTo("user:" + clerk.id());
        assertNothingWasGivenBack();
    }

    @Test
    void upToTheLimitAreCarriedOutAtOnce() {
        assertThat(ask(LIMIT).status()).isEqualTo(201);
        assertThat(effects()).containsExactly(CAPTURED, "refunded 10000");
    }

    @Test
    void ofOneOrderCountTogetherSoThatManySmallOnesAreNoWayRound() {
        assertThat(ask(LIMIT - 100).status()).isEqualTo(201);
        assertThat(ask(100).status()).isEqualTo(201);
        assertThat(ask(1).at("/state")).isEqualTo("requested");
        assertThat(effects()).containsExactly(CAPTURED, "refunded 9900", "refunded 100");
    }

    @Test
    void thatOnlyWaitForTheirGatewayAreNoRequests() {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"refund\", \"count\": 10}");
        var waiting = ask(LIMIT);
        assertThat(waiting.status()).as(waiting.text()).isEqualTo(202);
        assertThat(waiting.header("Location")).isEqualTo(refunds() + "/" + waiting.at("/id"));
        assertThat(waiting.at("/object")).isEmpty();
        assertThat(openRequests()).isZero();
    }

    @Test
    void doNotCountWhatCameTooLateAndWentBackByItself() {
        order = buy("{\"method\": \"invoice\"}");
        var card = Map.of("method", "card", "gateway", "stripe", "token", "pm_card_chargeDeclined");
        assertThat(money.pay(order, card).status()).isEqualTo(402);
        money.payBehindOurBack(order, "automatic", "amount=25000&currency=chf");
        money.awaitThat(() -> assertThat(money.payments(order)).contains("card captured 25000 0 25000 0"));
        assertThat(money.pay(order, Map.of("method", "transfer")).status()).isEqualTo(201);
        assertThat(ask(LIMIT).status()).isEqualTo(201);
        assertThat(ask(1).at("/state")).isEqualTo("requested");
    }

    @Test
    void thatCannotBeAreRefusedWhenTheyAreAskedFor() {
        assertThat(ask(25_001).at("/code")).isEqualTo("amount_too_large");
        assertThat(ask(Map.of("reason", "other", "lines", List.of(Map.of("sku", sku, "quantity", 6))), key())
                        .status())
                .isEqualTo(422);
        assertThat(openRequests()).isZero();
        assertNothingWasGivenBack();
    }

    @Test
    void areKeptOncePerKeyAndToldAgain() {
        var key = key();
        var first = ask(francs(20_000), key);
        var again = ask(francs(20_000), key);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(ask(francs(20_001), key).at("/code")).isEqualTo("idempotency_key_reused");
        assertThat(openRequests()).isEqualTo(1);
    }

    @Test
    void areAskedForOneAtATime() throws Exception {
        var first = ask(20_000);
        var second = ask(15_000);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.at("/code")).isEqualTo("refund_request_open");
        assertThat(second.at("/refund_request")).isEqualTo("/refund-requests/" + first.at("/id"));
        assertThat(openRequests()).isEqualTo(1);
        order = buy();
        Callable<Api.Answer> call = () -> ask(20_000);
        var answers = Races.atOnce(Stream.generate(() -> call).limit(20).toList());
        assertThat(answers.stream().map(Api.Answer::status))
                .containsOnlyOnce(202)
                .containsOnly(202, 409);
        assertThat(openRequests()).isEqualTo(1);
        assertNothingWasGivenBack();
    }

    @Test
    void areCarriedOutAsAskedWhenSomebodyElseApproves() {
        var asked = Map.of(
                "reason", "returned", "note", "came back wet", "lines", List.of(Map.of("sku", sku, "quantity", 3)));
        var id = ask(asked, key()).at("/id");
        var approved = approve(head, id, key());
        assertThat(approved.status()).as(approved.text()).isEqualTo(201);
        assertThat(approved.header("Location"))
                .isEqualTo("/orders/" + order.at("/id") + "/refunds/" + approved.at("/id"));
        assertThat(approved.at("/amount/amount")).isEqualTo("15000");
        assertThat(approved.at("/lines/0/quantity")).isEqualTo("3");
        assertThat(approved.at("/note")).isEqualTo("came back wet");
        assertThat(effects()).containsExactly(CAPTURED, "refunded 15000");
        var request = read(id);
        assertThat(request.at("/state")).isEqualTo("approved");
        assertThat(request.at("/decided_by")).isEqualTo("user:" + head.id());
        assertThat(request.at("/decision")).isEqualTo("looked at it");
        assertThat(request.at("/refund_id")).isEqualTo(approved.at("/id"));
    }

    @Test
    void areNotDecidedByWhoAskedForThem() {
        var id = ask(20_000).at("/id");
        var approved = approve(clerk, id, key());
        assertThat(approved.status()).isEqualTo(403);
        assertThat(approved.at("/code")).isEqualTo("own_request");
        assertThat(decide(clerk, id, "decline").at("/code")).isEqualTo("own_request");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertNothingWasGivenBack();
    }

    @Test
    void areNotDecidedByWhoHadAProgramAskForThem() {
        var made = api.as(clerk)
                .post(
                        "/api-keys",
                        Map.of("name", "returns desk", "scopes", List.of("orders:refund", "refunds:approve")));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var program = api.as(made.at("/key"));
        var kept = program.post(refunds(), francs(20_000), "Idempotency-Key", key());
        assertThat(kept.status()).as(kept.text()).isEqualTo(202);
        assertThat(kept.at("/requested_by")).startsWith("key:");
        assertThat(approve(clerk, kept.at("/id"), key()).at("/code")).isEqualTo("own_request");
        var byProgram =
                program.post("/refund-requests/" + kept.at("/id") + "/approve", Map.of(), "Idempotency-Key", key());
        assertThat(byProgram.at("/code")).isEqualTo("login_required");
        assertNothingWasGivenBack();
        assertThat(approve(head, kept.at("/id"), key()).status()).isEqualTo(201);
    }

    @Test
    void areNotDecidedByWhoHadAClientAskForThem() {
        var client = clients.trusted("openid", "orders:refund");
        var token = clients.tokens(client, "openid orders:refund", clerk).at("/access_token");
        var kept = api.as(token).post(refunds(), francs(20_000), "Idempotency-Key", key());
        assertThat(kept.status()).as(kept.text()).isEqualTo(202);
        assertThat(kept.at("/requested_by")).isEqualTo("user:" + clerk.id() + " client:" + client.id());
        assertThat(approve(clerk, kept.at("/id"), key()).at("/code")).isEqualTo("own_request");
        assertNothingWasGivenBack();
        assertThat(decide(clerk, kept.at("/id"), "withdraw").at("/state")).isEqualTo("withdrawn");
    }

    /** Whoever holds its secret could approve what they have asked for by it. */
    @Test
    void areNotAskedForByClientsThatCallForThemselves() {
        var program = api.as(clients.machineToken(clients.machine("orders:refund"), "orders:refund"));
        var refused = program.post(refunds(), francs(LIMIT + 1), "Idempotency-Key", key());
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("user_required");
        assertThat(openRequests()).isZero();
        assertNothingWasGivenBack();
        assertThat(program.post(refunds(), francs(LIMIT), "Idempotency-Key", key())
                        .status())
                .as("up to the limit")
                .isEqualTo(201);
    }

    @Test
    void areNotDecidedByWhoAskedForThemInTheDatabaseEither() {
        var id = Long.parseLong(ask(20_000).at("/id"));
        var caller = new Caller(clerk.id(), Set.of());
        for (var state : List.of(RequestedRefund.State.APPROVED, RequestedRefund.State.DECLINED)) {
            var refund = state == RequestedRefund.State.APPROVED ? Long.valueOf(-id) : null;
            assertThatThrownBy(() -> transaction.execute(_ -> store.decide(id, state, null, caller, refund)))
                    .hasMessageContaining("refund_requests_decided_by_another");
        }
    }

    @Test
    void needThePermissionToBeDecided() {
        var id = ask(20_000).at("/id");
        var other = users.with("orders:refund", "orders:read");
        assertThat(approve(other, id, key()).at("/code")).isEqualTo("forbidden");
        assertThat(decide(other, id, "decline").at("/code")).isEqualTo("forbidden");
        assertNothingWasGivenBack();
        assertThat(approve(users.with("refunds:approve", "orders:read"), id, key())
                        .status())
                .isEqualTo(201);
    }

    @Test
    void areDecidedByNobodyWhoCannotSeeThem() {
        var id = ask(20_000).at("/id");
        var blind = users.with("refunds:approve");
        assertThat(approve(blind, id, key()).at("/code")).isEqualTo("forbidden");
        assertThat(decide(blind, id, "decline").at("/code")).isEqualTo("forbidden");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertNothingWasGivenBack();
    }

    @Test
    void byTransferAreApprovedByThoseAloneWhoMayWriteOneDown() {
        var asked = Map.of(
                "reason",
                "other",
                "method",
                "transfer",
                "reference",
                "REF 1",
                "amount",
                francs(20_000).get("amount"));
        var id = ask(asked, key()).at("/id");
        var refused = approve(users.with("refunds:approve", "orders:read"), id, key());
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/code")).isEqualTo("forbidden");
        assertThat(refused.at("/detail")).contains("payments:record");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertNothingWasGivenBack();
        assertThat(approve(head, id, key()).status()).isEqualTo(201);
        assertThat(money.payments(order)).containsExactly("card captured 25000 0 20000 0");
        assertThat(effects()).as("past the gateway").containsExactly(CAPTURED);
    }

    @Test
    void needAFreshLoginToBeDecided() {
        var id = ask(20_000).at("/id");
        owner.sql("UPDATE accounts.sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = ?")
                .param(head.id())
                .update();
        memory.forget(head.id());
        assertThat(approve(head, id, key()).at("/code")).isEqualTo("step_up_required");
        assertThat(decide(head, id, "decline").at("/code")).isEqualTo("step_up_required");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertNothingWasGivenBack();
    }

    @Test
    void areCarriedOutOnceHoweverManyApproveAtOnce() throws Exception {
        var id = ask(12_000).at("/id"); // twice as much would be there
        var heads = List.of(head, users.having("finance"), users.admin());
        var calls = new ArrayList<Callable<Api.Answer>>();
        for (var n = 0; n < 50; n++) {
            var approver = heads.get(n % heads.size());
            calls.add(() -> approve(approver, id, key()));
        }
        var answers = Races.atOnce(calls);
        assertThat(answers.stream().map(Api.Answer::status))
                .containsOnlyOnce(201)
                .containsOnly(201, 409);
        assertThat(effects()).containsExactly(CAPTURED, "refunded 12000");
        assertThat(money.payments(order)).containsExactly("card captured 25000 0 12000 0");
    }

    @Test
    void areCarriedOutOncePerKeyAndToldAgain() {
        var id = ask(12_000).at("/id");
        var key = key();
        var first = approve(head, id, key);
        var again = approve(head, id, key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.at("/id")).isEqualTo(first.at("/id"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(approve(head, id, key()).at("/code")).isEqualTo("already_decided");
        var second = ask(12_000).at("/id");
        assertThat(approve(head, second, key).status())
                .as("another request with the same key")
                .isEqualTo(201);
        assertThat(effects()).containsExactly(CAPTURED, "refunded 12000", "refunded 12000");
    }

    @Test
    void holdNothingBackAndStayWhenThereIsTooLittleLeft() {
        var id = ask(20_000).at("/id");
        assertThat(ask(LIMIT).status()).as("another in between").isEqualTo(201);
        var refused = approve(head, id, key());
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/code")).isEqualTo("amount_too_large");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertThat(effects()).containsExactly(CAPTURED, "refunded 10000");
    }

    @Test
    void giveBackNoOtherAmountThanWasAskedFor() {
        var id = ask(Map.of("reason", "other"), key()).at("/id"); // all that is left
        assertThat(ask(1_000).status()).isEqualTo(201);
        var refused = approve(head, id, key());
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.at("/code")).isEqualTo("refund_request_outdated");
        assertThat(refused.at("/asked/amount")).isEqualTo("25000");
        assertThat(refused.at("/now/amount")).isEqualTo("24000");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertThat(effects()).containsExactly(CAPTURED, "refunded 1000");
    }

    @Test
    void areLeftUndoneWhenTheyAreDeclined() {
        var id = ask(20_000).at("/id");
        var declined = decide(head, id, "decline");
        assertThat(declined.status()).isEqualTo(200);
        assertThat(declined.at("/state")).isEqualTo("declined");
        var approved = approve(head, id, key());
        assertThat(approved.status()).isEqualTo(409);
        assertThat(approved.at("/code")).isEqualTo("already_decided");
        assertThat(approved.at("/state")).isEqualTo("declined");
        assertNothingWasGivenBack();
        assertThat(ask(20_000).status()).as("asked for anew").isEqualTo(202);
    }

    @Test
    void areWithdrawnByWhoAskedForThemAlone() {
        var id = ask(20_000).at("/id");
        assertThat(decide(head, id, "withdraw").at("/code")).isEqualTo("not_own_request");
        assertThat(read(id).at("/state")).isEqualTo("requested");
        assertThat(decide(clerk, id, "withdraw").at("/state")).isEqualTo("withdrawn");
        assertThat(decide(clerk, id, "withdraw").at("/code")).isEqualTo("already_decided");
        assertThat(approve(head, id, key()).at("/code")).isEqualTo("already_decided");
        assertNothingWasGivenBack();
    }

    @Test
    void areInTheAuditLogWithWhatTheyWereAndAre() {
        var first = ask(20_000).at("/id");
        decide(head, first, "decline");
        var second = ask(20_000).at("/id");
        approve(head, second, key());
        order = buy();
        var third = ask(20_000).at("/id");
        decide(clerk, third, "withdraw");
        assertThat(acts(first)).containsExactly("request - requested", "decline requested declined");
        assertThat(acts(second)).containsExactly("request - requested", "approve requested approved");
        assertThat(acts(third)).containsExactly("request - requested", "withdraw requested withdrawn");
    }

    private List<String> acts(String id) {
        return owner.sql("""
                        SELECT concat_ws(' ', split_part(action, '.', 2), coalesce(before ->> 'state', '-'), after ->> 'state')
                        FROM auditlog.acts WHERE subject = 'refund_request:' || ? ORDER BY id
                        """).param(id).query(String.class).list();
    }

    @Test
    void areListedByStateAndOrderTheNewestFirst() {
        var first = ask(20_000).at("/id");
        decide(head, first, "decline");
        var second = ask(20_000).at("/id");
        var ofOrder = "/refund-requests?order_id=" + order.at("/id");
        assertThat(ids(ofOrder)).containsExactly(second, first);
        assertThat(ids(ofOrder + "&state=declined")).containsExactly(first);
        var page = api.as(head).get(ofOrder + "&limit=1");
        assertThat(page.at("/items/0/id")).isEqualTo(second);
        assertThat(ids(ofOrder + "&limit=1&cursor=" + page.at("/next_cursor"))).containsExactly(first);
        assertThat(api.as(head).get("/refund-requests?state=lost").status()).isEqualTo(422);
    }

    @Test
    void areNotThereWhenNobodyAskedForThem() {
        assertThat(read("999999999").status()).isEqualTo(404);
        for (var what : List.of("approve", "decline", "withdraw"))
            assertThat(api.as(head)
                            .post("/refund-requests/999999999/" + what, Map.of(), "Idempotency-Key", key())
                            .status())
                    .isEqualTo(404);
    }

    @Test
    void haveALimitForEachCurrency() {
        for (var wrong : List.of(Map.of("FRANC", 1L), Map.of("CHF", -1L)))
            assertThatThrownBy(() -> new OrderSettings(
                            1,
                            1,
                            1,
                            Duration.ZERO,
                            Duration.ZERO,
                            OrderSettings.Capture.LATER,
                            List.of(),
                            Map.of(),
                            wrong,
                            0,
                            0,
                            Map.of()))
                    .hasMessageContaining("kontor.orders.refund-approval-above");
    }

    private static Map<String, Object> francs(long amount) {
        return Map.of("amount", Map.of("amount", amount, "currency", "CHF"), "reason", "other");
    }

    private String refunds() {
        return "/orders/" + order.at("/id") + "/refunds";
    }

    private Api.Answer ask(long amount) {
        return ask(francs(amount), key());
    }

    private Api.Answer ask(Object body, String key) {
        return api.as(clerk).post(refunds(), body, "Idempotency-Key", key);
    }

    private Api.Answer approve(TestUser who, String id, String key) {
        return api.as(who)
                .post("/refund-requests/" + id + "/approve", Map.of("note", "looked at it"), "Idempotency-Key", key);
    }

    private Api.Answer decide(TestUser who, String id, String what) {
        return api.as(who).post("/refund-requests/" + id + "/" + what, Map.of());
    }

    private Api.Answer read(String id) {
        return api.as(head).get("/refund-requests/" + id);
    }

    private List<String> ids(String path) {
        var ids = new ArrayList<String>();
        for (var item : api.as(head).get(path).json().path("items"))
            ids.add(item.path("id").asString());
        return ids;
    }

    private long openRequests() {
        return owner.sql(
                        "SELECT count(*) FROM orders.refund_requests WHERE order_id = ?::bigint AND state = 'requested'")
                .param(order.at("/id"))
                .query(Long.class)
                .single();
    }

    private void assertNothingWasGivenBack() {
        assertThat(effects()).containsExactly(CAPTURED);
        assertThat(money.payments(order)).containsExactly("card captured 25000 0 0 0");
        assertThat(owner.sql("SELECT count(*) FROM orders.refunds WHERE order_id = ?::bigint")
                        .param(order.at("/id"))
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private List<String> effects() {
        return TestGateway.effectsOn(order.at("/id"));
    }
}
