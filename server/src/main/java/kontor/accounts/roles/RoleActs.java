package kontor.accounts.roles;

import kontor.web.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells of every change of roles: who made it, and how it was before and after. Called inside its transaction. */
@Component
class RoleActs {
    private static final Logger log = LoggerFactory.getLogger(RoleActs.class);

    void created(Caller caller, Role role) {
        log.info("{} creates the role {} with {}", caller.principal(), role.name(), role.permissions());
    }

    void changed(Caller caller, Role before, Role after) {
        log.info(
                "{} changes the role {} from {} to {}",
                caller.principal(),
                after.name(),
                before.permissions(),
                after.permissions());
    }

    void deleted(Caller caller, Role role) {
        log.info("{} deletes the role {} with {}", caller.principal(), role.name(), role.permissions());
    }

    void given(Caller caller, UserRoles before, UserRoles after) {
        log.info(
                "{} changes the roles of user:{} from {} to {}",
                caller.principal(),
                after.userId(),
                before.roles(),
                after.roles());
    }
}
