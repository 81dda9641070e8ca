package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class UseOfApiKeysTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    KnownTokens known;

    @Test
    void isNotedWithItsTimeAndPlaceForTheOwnerToSee() {
        var clerk = api.as(users.with("users:read"));
        var used = clerk.post("/api-keys", Map.of("name", "Used", "scopes", List.of("users:read")));
        var idle = clerk.post("/api-keys", Map.of("name", "Idle", "scopes", List.of("users:read")));
        var revoked = clerk.post("/api-keys", Map.of("name", "Revoked", "scopes", List.of("users:read")));
        assertThat(api.as(used.at("/key")).get("/users/me").status()).isEqualTo(200);
        assertThat(api.as(idle.at("/key") + "x").get("/users/me").status()).isEqualTo(401);
        clerk.delete("/api-keys/" + revoked.at("/api_key/id"));
        assertThat(api.as(revoked.at("/key")).get("/users/me").status()).isEqualTo(401);
        known.noteUse();
        var seen = clerk.get("/api-keys/" + used.at("/api_key/id"));
        assertThat(seen.at("/last_used_at")).isGreaterThan(seen.at("/created_at"));
        assertThat(seen.at("/last_used_network")).isEqualTo("127.0.0.1");
        for (var other : List.of(idle, revoked)) {
            var unseen = clerk.get("/api-keys/" + other.at("/api_key/id")).json();
            assertThat(unseen.get("last_used_at").isNull()).isTrue();
            assertThat(unseen.get("last_used_network").isNull()).isTrue();
        }
    }
}
