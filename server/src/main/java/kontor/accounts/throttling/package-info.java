/** Who may try how often to get in. */
@NullMarked
package kontor.accounts.throttling;

import org.jspecify.annotations.NullMarked;
