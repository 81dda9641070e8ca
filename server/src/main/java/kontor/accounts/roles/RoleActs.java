package kontor.accounts.roles;

import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.springframework.stereotype.Component;

/** Tells of every change of roles: how it was before and after. Called inside its transaction. */
@Component
class RoleActs {
    private final AuditLog log;

    RoleActs(AuditLog log) {
        this.log = log;
    }

    void created(Role role) {
        log.record(Act.of("roles.create", subject(role)).changed(null, role));
    }

    void changed(Role before, Role after) {
        log.record(Act.of("roles.change", subject(after)).changed(before, after));
    }

    void deleted(Role role) {
        log.record(Act.of("roles.delete", subject(role)).changed(role, null));
    }

    void given(UserRoles before, UserRoles after) {
        log.record(Act.of("users.roles", "user:" + after.userId()).changed(before, after));
    }

    private static String subject(Role role) {
        return "role:" + role.name();
    }
}
