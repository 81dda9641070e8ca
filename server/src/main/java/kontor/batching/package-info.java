/** Many callers, few commits: commands that arrive at the same time are written in one transaction. */
@ApplicationModule(
        type = ApplicationModule.Type.OPEN,
        allowedDependencies = {"database"})
@NullMarked
package kontor.batching;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
