/** API keys: what users' programs call with in place of a login, bounded by scopes and by time. */
@NullMarked
package kontor.accounts.apikeys;

import org.jspecify.annotations.NullMarked;
