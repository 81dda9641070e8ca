/** The books: double entry, append-only, in minor units per currency. */
@ApplicationModule(allowedDependencies = {"database", "money"})
@NullMarked
package kontor.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
