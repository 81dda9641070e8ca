/** How much of each article lies where, how much of it is promised to orders, and why it is as much as it is. */
@ApplicationModule(allowedDependencies = {"auditlog", "catalog", "database", "idempotency", "web"})
@NullMarked
package kontor.inventory;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
