/** Which permissions there are, which roles hold them, and who has which role. */
@NullMarked
package kontor.accounts.roles;

import org.jspecify.annotations.NullMarked;
