/** Who people are and what they may do: registration, login, access tokens, roles and permissions. */
@ApplicationModule(allowedDependencies = {"auditlog", "database", "idempotency", "mail", "secrets", "web"})
@NullMarked
package kontor.accounts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
