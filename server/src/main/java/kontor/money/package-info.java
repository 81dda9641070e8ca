/** Amounts of money, exact and in minor units. */
@ApplicationModule(
        type = ApplicationModule.Type.OPEN,
        allowedDependencies = {})
@NullMarked
package kontor.money;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
