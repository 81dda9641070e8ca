/** Requests that may be repeated: the same key and the same body get the same answer, and the effect happens once. */
@ApplicationModule(allowedDependencies = {"database", "web"})
@NullMarked
package kontor.idempotency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
