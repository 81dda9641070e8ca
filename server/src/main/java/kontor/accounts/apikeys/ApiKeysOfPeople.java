package kontor.accounts.apikeys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kontor.accounts.PersonalData;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** The API keys of a person, which others can call with on their behalf. */
@Component
class ApiKeysOfPeople implements PersonalData {
    private static final int PAGE = 200;
    private final ApiKeys keys;
    private final ApiKeyStore store;

    ApiKeysOfPeople(ApiKeys keys, ApiKeyStore store) {
        this.keys = keys;
        this.store = store;
    }

    @Override
    public String name() {
        return "api_keys";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {
        keys.erase(userId);
    }

    @Override
    public List<ApiKey> of(long userId) {
        var all = new ArrayList<ApiKey>();
        var before = Long.MAX_VALUE;
        while (true) {
            var page = store.list(userId, before, PAGE);
            all.addAll(page);
            if (page.size() < PAGE) return all;
            before = page.getLast().id();
        }
    }
}
