/**
 * Proves that orders, payments, stock and books agree, or names the rows that do not. What must be true stands as SQL in
 * the resources of this package, {@code kontor/audit/*.sql}.
 */
@ApplicationModule(allowedDependencies = {"database", "web"})
@NullMarked
package kontor.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
