/** What happened, kept for others to hear: rows written in the transaction of the change itself. */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package kontor.events;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
