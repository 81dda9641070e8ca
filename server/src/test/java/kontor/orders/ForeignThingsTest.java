package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What belongs to somebody else is answered byte for byte like what does not exist, but for the id that was asked for. */
@KontorTest
class ForeignThingsTest {
    private static final String ABSENT = "999999999999";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private MoneyTester money;

    @Autowired
    private JdbcClient database;

    private TestUser ann;
    private Api bob;
    private Api.Answer order;
    private Api.Answer refund;

    @BeforeEach
    void annBuys() {
        ann = users.customer();
        bob = api.as(users.customer());
        order = money.orderBy(api.as(ann), MoneyTester.card("pm_card_visa"));
        assertThat(order.status()).as(order.text()).isEqualTo(201);
        refund = money.refund(order, 100);
    }

    @Test
    void areReadByTheirOwnerAndNotThereForOthers() {
        var id = order.at("/id");
        var own = List.of(
                "/orders/" + id,
                "/orders/" + id + "/timeline",
                "/orders/" + id + "/refunds",
                "/orders/" + id + "/refunds/" + refund.at("/id"),
                "/payments/" + order.at("/payments/0/id"),
                "/users/" + ann.id(),
                "/users/" + ann.id() + "/orders");
        for (var path : own) {
            assertThat(api.as(ann).get(path).status()).as(path).isEqualTo(200);
            assertSame(path, "GET", path, null);
        }
    }

    @Test
    void areChangedByNobodyElse() {
        var before = money.history(order);
        var path = "/orders/" + order.at("/id");
        assertSame("cancel", "POST", path + "/cancel", "{}");
        assertSame("cancel", "POST", path + "/cancel", "{\"reason\": \"mine now\"}");
        assertSame("pay", "POST", path + "/payments", """
                {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "return_url": "https://shop.example/back"}""");
        assertSame("pay", "POST", path + "/payments", "{\"method\": \"transfer\"}");
        assertThat(money.history(order)).isEqualTo(before);
    }

    @Test
    void areNotSeenThroughARefundOfAnotherOrder() {
        var mine = money.orderBy(bob, MoneyTester.card("pm_card_visa"));
        var refunds = "/orders/" + mine.at("/id") + "/refunds/";
        var foreign = bob.get(refunds + refund.at("/id"), "X-Request-Id", "same");
        var absent = bob.get(refunds + ABSENT, "X-Request-Id", "same");
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.text().replace(refund.at("/id"), ABSENT)).isEqualTo(absent.text());
    }

    @Test
    void areNotFoundByAnyFilterOfAList() {
        for (var filter : List.of(
                "customer_id=" + ann.id(),
                "customer_id=" + ann.id() + "&op=or",
                "status=confirmed&customer_id=" + ann.id(),
                "limit=200")) {
            var found = bob.get("/orders?" + filter);
            assertThat(found.text()).as(filter).doesNotContain(order.at("/id")).doesNotContain(order.at("/number"));
        }
    }

    @Test
    void ofStaffAreRefusedWhetherTheyAreThereOrNot() {
        var imported = database.sql("SELECT max(id) FROM orders.imports")
                .query(Long.class)
                .optional()
                .orElse(1L);
        for (var path : List.of("/orders/imports/%s", "/orders/imports/%s/lines", "/work-items/%s", "/roles/%s")) {
            var there =
                    bob.get(path.formatted(path.startsWith("/roles") ? "support" : imported), "X-Request-Id", "same");
            var absent = bob.get(path.formatted(ABSENT), "X-Request-Id", "same");
            assertThat(there.status()).isEqualTo(403);
            assertThat(there.text().replaceAll("/(support|" + imported + ")", "/" + ABSENT))
                    .isEqualTo(absent.text());
        }
    }

    /** Asks for a thing of Ann's and for one that is not there, and compares the answers. */
    private void assertSame(String what, String method, String path, @Nullable String body) {
        var absentPath = path.replaceAll("/[0-9]+", "/" + ABSENT);
        var foreign = ask(method, path, body);
        var absent = ask(method, absentPath, body);
        assertThat(foreign.status()).as(what).isEqualTo(404);
        assertThat(foreign.text().replace(path, absentPath)).as(what).isEqualTo(absent.text());
        assertThat(headers(foreign)).as(what).isEqualTo(headers(absent));
    }

    private Api.Answer ask(String method, String path, @Nullable String body) {
        return bob.send(
                method,
                path,
                body,
                "X-Request-Id",
                "same",
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    private static Map<String, List<String>> headers(Api.Answer answer) {
        var headers = new TreeMap<>(answer.headers().map());
        headers.keySet().removeAll(List.of("date", "content-length")); // the id that was asked for is longer or shorter
        return headers;
    }
}
