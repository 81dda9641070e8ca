/** {@code kontor demo}: the shop of a real retailer to play with, and a payment simulator beside it. */
@ApplicationModule(allowedDependencies = {"accounts", "catalog", "database", "orders :: imports", "simulator"})
@NullMarked
package kontor.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
