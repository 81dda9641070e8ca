package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class ReadingOrdersTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Test
    void aForeignOrderLooksLikeOneThatIsNotThere() {
        var id = place(users.customer());
        var stranger = api.as(users.customer());
        var absent = stranger.get("/orders/999999999", "X-Request-Id", "same");
        for (var path : new String[] {"/orders/" + id, "/orders/" + id + "/timeline"}) {
            var foreign = stranger.get(path, "X-Request-Id", "same");
            assertThat(foreign.status()).isEqualTo(404);
            assertThat(foreign.text().replace(path, "")).isEqualTo(absent.text().replace("/orders/999999999", ""));
        }
        assertThat(api.get("/orders/" + id).status()).isEqualTo(401);
    }

    @Test
    void staffReadEveryOrderWithThePermission() {
        var id = place(users.customer());
        assertThat(api.as(users.with("orders:read")).get("/orders/" + id).status())
                .isEqualTo(200);
    }

    @Test
    void listsOnesOwnOrdersNewestFirstPageByPage() {
        var buyer = users.customer();
        var mine = new ArrayList<String>();
        for (var i = 0; i < 5; i++) mine.addFirst(place(buyer));
        place(users.customer());
        var read = new ArrayList<String>();
        var path = "/orders?limit=2";
        while (!path.isEmpty()) {
            var page = api.as(buyer).get(path);
            page.json().at("/items").forEach(item -> read.add(item.at("/id").asString()));
            var cursor = page.at("/next_cursor");
            path = cursor.isEmpty() ? "" : "/orders?limit=2&cursor=" + cursor;
        }
        assertThat(read).isEqualTo(mine);
        var ofUser = api.as(buyer).get("/users/" + buyer.id() + "/orders");
        assertThat(ofUser.json().at("/items").size()).isEqualTo(5);
    }

    @Test
    void theOrdersOfAnotherUserAreNotThere() {
        var buyer = users.customer();
        place(buyer);
        var stranger = users.customer();
        assertThat(api.as(stranger).get("/users/" + buyer.id() + "/orders").status())
                .isEqualTo(404);
        assertThat(api.as(stranger)
                        .get("/orders?customer_id=" + buyer.id())
                        .json()
                        .at("/items")
                        .size())
                .isZero();
        var staff = api.as(users.with("orders:read"));
        assertThat(staff.get("/orders?customer_id=" + buyer.id())
                        .json()
                        .at("/items")
                        .size())
                .isEqualTo(1);
        assertThat(staff.get("/users/" + buyer.id() + "/orders")
                        .json()
                        .at("/items")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void aCursorOfAnothersListOpensNothingOfIt() {
        var buyer = users.customer();
        for (var i = 0; i < 3; i++) place(buyer);
        var stranger = users.customer();
        var own = place(stranger);
        place(buyer);
        var cursor = api.as(buyer).get("/orders?limit=1").at("/next_cursor");
        assertThat(cursor).isNotEmpty();
        var page = api.as(stranger).get("/orders?cursor=" + cursor).json().at("/items");
        assertThat(page.valueStream().map(item -> item.at("/id").asString())).containsExactly(own);
    }

    @Test
    void filtersByStatusAndRefusesStatusesThatDoNotExist() {
        var buyer = users.customer();
        place(buyer);
        assertThat(api.as(buyer)
                        .get("/orders?status=confirmed")
                        .json()
                        .at("/items")
                        .size())
                .isEqualTo(1);
        assertThat(api.as(buyer)
                        .get("/orders?status=cancelled")
                        .json()
                        .at("/items")
                        .size())
                .isZero();
        var unknown = api.as(buyer).get("/orders?status=eaten");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.at("/errors/0/field")).isEqualTo("status");
    }

    @Test
    void refusesPagesThatNoListHandsOut() {
        var buyer = api.as(users.customer());
        for (var query : new String[] {
            "limit=0",
            "limit=-1",
            "limit=201",
            "limit=1000000000",
            "limit=abc",
            "limit=1&limit=2",
            "cursor=!!",
            "cursor="
        }) {
            var answer = buyer.get("/orders?" + query);
            assertThat(answer.status()).as(query).isEqualTo(422);
            assertThat(answer.at("/errors/0/field")).as(query).isIn("limit", "cursor");
        }
    }

    @Test
    void theTimelineTellsStaffWhoDidWhat() {
        var buyer = users.customer();
        var id = place(buyer);
        var own = api.as(buyer).get("/orders/" + id + "/timeline");
        assertThat(own.at("/items/0/event")).isEqualTo("placed");
        assertThat(own.at("/items/0/actor")).isEmpty();
        var staff = api.as(users.with("orders:read")).get("/orders/" + id + "/timeline");
        assertThat(staff.at("/items/0/actor")).isEqualTo("user:" + buyer.id());
    }

    private String place(TestUsers.TestUser buyer) {
        return api.as(buyer)
                .post(
                        "/orders",
                        "{\"currency\": \"GBP\", \"lines\": [{\"sku\": \"%s\", \"quantity\": 1}], \"payment\": {\"method\": \"invoice\"}}"
                                .formatted(shop.article(100, 5)),
                        "Idempotency-Key",
                        UUID.randomUUID().toString())
                .at("/id");
    }
}
