/**
 * Second factors: authenticator apps (TOTP), recovery codes and passkeys (WebAuthn), which are a first factor as well.
 * Enrolling, listing, checking and removing them; what a login makes of them is decided by {@code kontor.accounts}.
 */
@NullMarked
package kontor.accounts.factors;

import org.jspecify.annotations.NullMarked;
