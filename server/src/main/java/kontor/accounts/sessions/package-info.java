/**
 * Logins that go on: sessions with their access tokens, refresh tokens and cookies, and who stands behind what a request
 * brings along.
 */
@NullMarked
package kontor.accounts.sessions;

import org.jspecify.annotations.NullMarked;
