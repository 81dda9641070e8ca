/** Orders, from basket to doorstep: what was bought, at which price, and how far along it is. */
@ApplicationModule(
        allowedDependencies = {
            "accounts",
            "auditlog",
            "batching",
            "catalog",
            "database",
            "events",
            "idempotency",
            "inventory",
            "ledger",
            "money",
            "payments",
            "web"
        })
@NullMarked
package kontor.orders;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
