/** The books: double entry, append-only, in minor units per currency, and sealed. */
@ApplicationModule(allowedDependencies = {"database", "idempotency", "money", "web"})
@NullMarked
package kontor.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
