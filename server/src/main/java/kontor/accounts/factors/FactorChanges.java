package kontor.accounts.factors;

import java.util.Map;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.springframework.stereotype.Component;

/**
 * Tells of changes of somebody's factors, inside the transaction of the change. Here is the place for everybody who is to
 * hear of one: so far the audit log.
 */
@Component
class FactorChanges {
    private final AuditLog log;

    FactorChanges(AuditLog log) {
        this.log = log;
    }

    void added(long userId, FactorKind kind) {
        tell("factors.add", userId, kind.name());
    }

    void removed(long userId, FactorKind kind) {
        tell("factors.remove", userId, kind.name());
    }

    void removedAll(long userId) {
        tell("factors.remove", userId, "ALL");
    }

    /** New ones took the place of the old. */
    void recoveryCodesReplaced(long userId) {
        tell("factors.replace", userId, FactorKind.RECOVERY_CODE.name());
    }

    private void tell(String action, long userId, String kind) {
        log.record(Act.of(action, "user:" + userId).with(Map.of("kind", kind.toLowerCase(java.util.Locale.ROOT))));
    }
}
