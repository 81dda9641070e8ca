package kontor.accounts.sessions;

import java.util.List;
import java.util.Optional;
import kontor.accounts.PersonalData;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** What the logins of a person say of them. */
@Component
class SessionsOfPeople implements PersonalData {
    private final Sessions sessions;
    private final SessionStore store;
    private final DeviceStore devices;

    SessionsOfPeople(Sessions sessions, SessionStore store, DeviceStore devices) {
        this.sessions = sessions;
        this.store = store;
        this.devices = devices;
    }

    /** @param devices the browsers that are known */
    record LoginsOfPerson(List<KeptSession> sessions, List<DeviceStore.Device> devices) {}

    @Override
    public String name() {
        return "logins";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {
        sessions.erase(userId);
    }

    @Override
    public LoginsOfPerson of(long userId) {
        return new LoginsOfPerson(store.kept(userId), devices.list(userId));
    }
}
