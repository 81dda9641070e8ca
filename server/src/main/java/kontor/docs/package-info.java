/** The parts of {@code docs/} that are made from the server itself: operations, permissions, tables, settings. */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package kontor.docs;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
