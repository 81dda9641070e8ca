/** HTTPS on the server's own port, for installations without a reverse proxy that speaks it. */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package kontor.tls;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
