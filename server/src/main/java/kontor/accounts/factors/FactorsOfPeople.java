package kontor.accounts.factors;

import java.util.Optional;
import kontor.accounts.PersonalData;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** What the second factors of a person say of them. Secrets are shown to nobody. */
@Component
class FactorsOfPeople implements PersonalData {
    private final Factors factors;
    private final FactorStore store;
    private final PasskeyStore passkeys;

    FactorsOfPeople(Factors factors, FactorStore store, PasskeyStore passkeys) {
        this.factors = factors;
        this.store = store;
        this.passkeys = passkeys;
    }

    @Override
    public String name() {
        return "factors";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {
        store.removeApp(userId);
        passkeys.erase(userId);
        store.withdrawRecoveryCodes(userId);
    }

    @Override
    public Factors.Enrolled of(long userId) {
        return factors.list(userId);
    }
}
