/**
 * Kontor as an OAuth 2.1 authorization server and OpenID provider: programs of others that users let in, or that act for
 * themselves, with tokens bounded by scopes.
 */
@NullMarked
package kontor.accounts.oauth;

import org.jspecify.annotations.NullMarked;
