package kontor.accounts.factors;

import java.util.Map;
import kontor.accounts.notices.SecurityNotices;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.springframework.stereotype.Component;

/**
 * Tells of changes of somebody's factors, inside the transaction of the change. Here is the place for everybody who is to
 * hear of one: the audit log, and the user by mail.
 */
@Component
class FactorChanges {
    private final AuditLog log;
    private final SecurityNotices notices;

    FactorChanges(AuditLog log, SecurityNotices notices) {
        this.log = log;
        this.notices = notices;
    }

    void added(long userId, FactorKind kind) {
        tell("factors.add", userId, kind.name());
        notices.factorAdded(userId, inASentence(kind));
    }

    void removed(long userId, FactorKind kind) {
        tell("factors.remove", userId, kind.name());
        notices.factorRemoved(userId, inASentence(kind));
    }

    void removedAll(long userId) {
        tell("factors.remove", userId, "ALL");
        notices.factorRemoved(userId, "all its second factors");
    }

    /** New ones took the place of the old. */
    void recoveryCodesReplaced(long userId) {
        tell("factors.replace", userId, FactorKind.RECOVERY_CODE.name());
        notices.recoveryCodesReplaced(userId);
    }

    private static String inASentence(FactorKind kind) {
        return switch (kind) {
            case TOTP -> "an authenticator app";
            case PASSKEY -> "a passkey";
            case RECOVERY_CODE -> "a recovery code";
        };
    }

    private void tell(String action, long userId, String kind) {
        log.record(Act.of(action, "user:" + userId).with(Map.of("kind", kind.toLowerCase(java.util.Locale.ROOT))));
    }
}
