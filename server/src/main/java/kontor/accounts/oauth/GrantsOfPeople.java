package kontor.accounts.oauth;

import java.util.List;
import java.util.Optional;
import kontor.accounts.PersonalData;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** The clients that a person has let in, and what they have asked for. */
@Component
class GrantsOfPeople implements PersonalData {
    private final Grants grants;

    GrantsOfPeople(Grants grants) {
        this.grants = grants;
    }

    @Override
    public String name() {
        return "grants";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {
        grants.erase(userId);
    }

    @Override
    public List<Grants.Grant> of(long userId) {
        return grants.of(userId);
    }
}
