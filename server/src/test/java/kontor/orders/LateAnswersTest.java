package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was asked for before a customer was erased, and answered after: the answer was read when they were there. */
@KontorTest
class LateAnswersTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    TestShop shop;

    @Autowired
    OrdersOfPeople people;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    @Test
    void areForgottenAndThoseAboutOthersStay() {
        var gone = orderOf(users.customer(), true);
        var kept = orderOf(users.customer(), false);
        people.eraseLate();
        assertThat(answersAbout(gone)).isZero();
        assertThat(answersAbout(kept)).isEqualTo(1);
    }

    private String orderOf(TestUsers.TestUser who, boolean erased) {
        var placed = api.as(who)
                .post(
                        "/orders",
                        Map.of(
                                "currency",
                                "GBP",
                                "lines",
                                List.of(Map.of("sku", shop.article(255, 10), "quantity", 1)),
                                "payment",
                                Map.of("method", "invoice")),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        var order = placed.at("/id");
        api.as(who)
                .post(
                        "/orders/" + order + "/cancel",
                        "{}",
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        if (erased) assertThat(api.as(who).delete("/users/me").status()).isEqualTo(204);
        owner.sql("""
                        INSERT INTO idempotency.keys (principal, route, key, fingerprint, status, answer)
                        VALUES ('user:0', ?, ?, sha256('body'), 200, convert_to(?, 'UTF8'))
                        """)
                .params("POST /orders/" + order + "/cancel", "late " + order, who.email())
                .update();
        return order;
    }

    private int answersAbout(String order) {
        return owner.sql("SELECT count(*) FROM idempotency.keys WHERE key = ? AND answer IS NOT NULL")
                .param("late " + order)
                .query(Integer.class)
                .single();
    }
}
