/** What the server does on its own from time to time: where its {@code @Scheduled} methods run. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package kontor.jobs;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
