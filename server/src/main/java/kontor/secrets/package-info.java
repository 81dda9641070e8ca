/**
 * Secrets that have to be readable again, such as the shared secret of a second factor: sealed before they are written
 * down, with a key that is not in the database.
 */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package kontor.secrets;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
