/** Mail to people: written down with what it tells about, and sent through an SMTP server afterwards. */
@ApplicationModule(allowedDependencies = {"secrets"})
@NullMarked
package kontor.mail;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
