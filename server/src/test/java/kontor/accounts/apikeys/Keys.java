package kontor.accounts.apikeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.TestUsers.TestUser;
import org.springframework.stereotype.Component;

/** API keys to test with. */
@Component
class Keys {
    private final Api api;

    Keys(Api api) {
        this.api = api;
    }

    record MadeKey(long id, String text) {
        /** As it is named in histories. */
        String principal() {
            return "key:" + id;
        }
    }

    MadeKey of(TestUser user, String... scopes) {
        return made(api.as(user).post("/api-keys", Map.of("name", "A program", "scopes", List.of(scopes))));
    }

    static MadeKey made(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return new MadeKey(answer.json().at("/api_key/id").asLong(), answer.at("/key"));
    }

    /** What was answered, but for what differs from one request to the next. */
    static String told(Api.Answer answer) {
        return answer.status() + " " + answer.text().replace(answer.header("X-Request-Id"), "…");
    }
}
