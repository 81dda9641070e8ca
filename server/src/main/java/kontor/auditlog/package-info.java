/** The audit log: what staff did and what has to do with security, by whom, from where, append-only and sealed. */
@ApplicationModule(allowedDependencies = {"database", "web"})
@NullMarked
package kontor.auditlog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
