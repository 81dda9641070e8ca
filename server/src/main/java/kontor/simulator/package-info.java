/**
 * The payment simulator: a process of its own that speaks the part of Stripe's HTTP API that Kontor uses, keeps its own
 * truth on disk, and fails on demand. Nothing here ever meets a real card.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package kontor.simulator;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
