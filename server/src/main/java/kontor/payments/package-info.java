/** Payments: attempts and their state, the questions put to gateways, what gateways tell us, and the search for answers. */
@ApplicationModule(allowedDependencies = {"batching", "database", "idempotency", "money", "web"})
@NullMarked
package kontor.payments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
