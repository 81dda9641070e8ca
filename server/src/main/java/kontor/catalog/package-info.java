/** What is sold: products, their variants and the prices, with search, import and export. */
@ApplicationModule(allowedDependencies = {"auditlog", "database", "idempotency", "money", "web"})
@NullMarked
package kontor.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
