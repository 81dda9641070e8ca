package kontor.accounts;

import java.util.List;
import java.util.Optional;
import kontor.auditlog.AuditLog;
import kontor.auditlog.OwnAct;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** What a person did, and from where. It stays when they are erased: nobody takes anything out of the audit log. */
@Component
class ActsOfPeople implements PersonalData {
    private final AuditLog log;

    ActsOfPeople(AuditLog log) {
        this.log = log;
    }

    @Override
    public String name() {
        return "acts";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {}

    @Override
    public List<OwnAct> of(long userId) {
        return log.of(userId);
    }
}
