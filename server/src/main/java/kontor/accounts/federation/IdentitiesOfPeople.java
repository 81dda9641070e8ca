package kontor.accounts.federation;

import java.util.List;
import java.util.Optional;
import kontor.accounts.PersonalData;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** Whom a person is elsewhere. */
@Component
class IdentitiesOfPeople implements PersonalData {
    private final Identities identities;

    IdentitiesOfPeople(Identities identities) {
        this.identities = identities;
    }

    @Override
    public String name() {
        return "identities";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {
        identities.erase(userId);
    }

    @Override
    public List<Identity> of(long userId) {
        return identities.list(userId);
    }
}
