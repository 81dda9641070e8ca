/**
 * The payment simulator, a process of its own or, in the demo, a part of the server's: it speaks the parts of Stripe's and of Adyen's HTTP APIs that Kontor uses,
 * keeps its own truth on disk, and fails on demand. Nothing here ever meets a real card.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package kontor.simulator;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
