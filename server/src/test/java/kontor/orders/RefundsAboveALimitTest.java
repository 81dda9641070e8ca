package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static kontor.orders.MoneyTester.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestGateway;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.sessions.TokenMemory;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** With the limit of 500,000.00 GBP that all tests have. */
@KontorTest
class RefundsAboveALimitTest {
    private static final long LIMIT = 50_000_000;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private MoneyTester money;

    @Autowired
    private TokenMemory memory;

    private TestUser clerk;
    private Api.Answer order;

    @BeforeEach
    void sellSomethingDear() {
        clerk = users.with("orders:refund", "orders:read");
        order = api.as(users.customer())
                .post(
                        "/orders",
                        """
                        {"currency": "GBP", "lines": [{"sku": "%s", "quantity": 2}], "payment": %s}
                        """.formatted(shop.article(30_000_000, 10), MoneyTester.card("pm_card_visa")),
                        "Idempotency-Key",
                        key());
        assertThat(order.status()).as(order.text()).isEqualTo(201);
        JdbcClient.create(TestDatabase.owner())
                .sql("UPDATE accounts.sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = ?")
                .param(clerk.id())
                .update();
        memory.forget(clerk.id());
    }

    @Test
    void needAFreshLoginAndMoveNothingWithoutOne() {
        var key = key();
        var refused = refund(LIMIT + 1, key);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.at("/code")).isEqualTo("step_up_required");
        assertThat(refused.header("WWW-Authenticate")).contains("insufficient_user_authentication");
        assertThat(money.payments(order)).containsExactly("card captured 60000000 0 0 0");
        assertThat(TestGateway.effectsOn(order.at("/id"))).containsExactly("captured 60000000");
        assertThat(api.as(clerk)
                        .post("/login/step-up", Map.of("password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(204);
        assertThat(refund(LIMIT + 1, key).status()).as("with the same key").isEqualTo(201);
    }

    @Test
    void upToTheLimitAnyLoginWillDo() {
        assertThat(refund(LIMIT, key()).status()).isEqualTo(201);
    }

    @Test
    void ofOneOrderCountTogether() {
        assertThat(refund(LIMIT - 100, key()).status()).isEqualTo(201);
        assertThat(refund(100, key()).status()).isEqualTo(201);
        assertThat(refund(1, key()).at("/code")).isEqualTo("step_up_required");
        assertThat(TestGateway.effectsOn(order.at("/id")))
                .containsExactly("captured 60000000", "refunded " + (LIMIT - 100), "refunded 100");
    }

    @Test
    void theirAnswersAreToldAgainToAnyLogin() {
        var key = key();
        assertThat(refund(LIMIT, key).status()).isEqualTo(201);
        assertThat(refund(LIMIT, key).header("Idempotent-Replayed")).isEqualTo("true");
    }

    private Api.Answer refund(long amount, String key) {
        return api.as(clerk)
                .post(
                        "/orders/" + order.at("/id") + "/refunds",
                        Map.of("amount", gbp(amount), "reason", "other"),
                        "Idempotency-Key",
                        key);
    }
}
