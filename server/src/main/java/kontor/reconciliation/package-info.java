/**
 * Compares the gateways' own books with ours, line by line, and shows where they differ. Reads the tables of payments and
 * ledger, and writes only its own and, through the ledger, postings about lines.
 */
@ApplicationModule(allowedDependencies = {"database", "ledger", "money", "payments", "web"})
@NullMarked
package kontor.reconciliation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
