package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What the server cannot decide by itself is there for staff, until it has settled itself or somebody has closed it. */
@KontorTest
class WorkItemsTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private MoneyTester money;

    @AfterEach
    void noFaults() {
        TestGateway.clearFaults();
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "empty", "cut", "redirect", "wrong_amount", "wrong_currency", "wrong_payment"})
    void anAnswerThatCannotBeOneIsUnknownAndNeverPaid(String nonsense) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"" + nonsense + "\", \"operation\": \"create\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"search\", \"count\": 2}");
        var order = money.paid();
        assertThat(order.status()).as(order.text()).isEqualTo(202);
        assertThat(order.at("/payments/0/status")).isEqualTo("unknown");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.workItems(order)).containsExactly("strange_answer");
        TestGateway.clearFaults();
        money.letPass(order, "1 minute");
        money.eventually(order, "paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "empty", "cut", "redirect", "wrong_amount", "wrong_currency", "wrong_payment"})
    void suchAnAnswerToACaptureIsUnknownAndBooksNothing(String nonsense) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        var order = money.held();
        TestGateway.fault("{\"kind\": \"" + nonsense + "\", \"operation\": \"capture\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"retrieve\", \"count\": 2}");
        var answer = money.capture(order, "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(money.payments(order)).containsExactly("card authorized 0 510 0 0");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.workItems(order)).containsExactly("strange_answer");
        TestGateway.clearFaults();
        money.letPass(order, "1 minute");
        money.eventually(order, "paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("authorized 510", "captured 510");
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "empty", "cut", "redirect", "wrong_amount", "wrong_currency", "wrong_payment"})
    void suchAnAnswerToARefundIsUnknownAndBooksNothing(String nonsense) {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 60000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"" + nonsense + "\", \"operation\": \"refund\"}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 2}");
        var answer = money.refund(order, 100);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(money.payments(order)).containsExactly("card captured 510 0 0 100");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(money.workItems(order)).containsExactly("strange_answer");
        TestGateway.clearFaults();
        money.letPass(order, "1 minute");
        money.eventually(order, "partially_refunded");
        assertThat(money.books(order)).containsExactly("gateway_clearing 410", "refunds 100", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "empty", "cut", "redirect", "wrong_amount", "wrong_currency", "wrong_payment"})
    void suchAnAnswerOfAdyenIsUnknownAndNeverPaid(String nonsense) {
        TestGateway.fault("{\"kind\": \"webhook_late\", \"ms\": 600000, \"count\": 10}");
        TestGateway.fault("{\"kind\": \"" + nonsense + "\", \"operation\": \"create\"}");
        var order = money.paidAtAdyen();
        assertThat(order.status()).as(order.text()).isEqualTo(202);
        assertThat(order.at("/payments/0/status")).isEqualTo("unknown");
        assertThat(money.books(order)).isEmpty();
        assertThat(money.workItems(order)).containsExactly("strange_answer");
        money.letPass(order, "1 minute");
        money.eventually(order, "paid");
        assertThat(money.books(order)).containsExactly("gateway_clearing 510", "revenue -510");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510");
    }

    @Test
    void anOperationThatIsSilentForADayIsShownAndClosesItselfWhenItIsKnown() {
        var order = money.paid();
        TestGateway.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"refund\", \"count\": 1000}");
        TestGateway.fault("{\"kind\": \"error\", \"status\": 503, \"operation\": \"list\", \"count\": 1000}");
        assertThat(money.refund(order, 100).status()).isEqualTo(202);
        money.letPass(order, "23 hours");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.workItems(order)).contains("unknown_operation"));
        TestGateway.clearFaults();
        money.letPass(order, "10 minutes");
        money.eventually(order, "partially_refunded");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.workItems(order)).doesNotContain("unknown_operation"));
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 510", "refunded 100");
    }

    @Test
    void staffCloseThemOnceAndSayWhy() {
        var order = money.paid();
        TestGateway.control("/_disputes", "{\"payment_intent\": \"" + money.referenceOf(order) + "\"}");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(money.workItems(order)).containsExactly("dispute"));
        var staff = api.as(users.with("payments:review"));
        var found = staff.get("/work-items?kind=dispute&order_id=" + order.at("/id"));
        assertThat(found.at("/items/0/payment_id")).isEqualTo(order.at("/payments/0/id"));
        var address = "/work-items/" + found.at("/items/0/id") + "/resolve";
        assertThat(staff.post(address, "{\"resolution\": \" \"}").status()).isEqualTo(422);
        var closed = staff.post(address, "{\"resolution\": \"told the buyer\"}");
        assertThat(closed.status()).as(closed.text()).isEqualTo(200);
        assertThat(closed.at("/resolution")).isEqualTo("told the buyer");
        assertThat(staff.post(address, "{\"resolution\": \"again\"}").status()).isEqualTo(409);
        assertThat(money.workItems(order)).isEmpty();
        assertThat(staff.get("/work-items?resolved=true&order_id=" + order.at("/id"))
                        .at("/items/0/resolution"))
                .isEqualTo("told the buyer");
        assertThat(staff.get("/work-items?kind=nonsense").status()).isEqualTo(422);
        assertThat(staff.get("/work-items/999999999").status()).isEqualTo(404);
        assertThat(api.as(users.customer()).get("/work-items").status()).isEqualTo(403);
    }
}
