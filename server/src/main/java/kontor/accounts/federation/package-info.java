/**
 * Login elsewhere: OpenID providers and a directory (LDAP, Active Directory) tell who somebody is, and identities say
 * which user that is here.
 */
@NullMarked
package kontor.accounts.federation;

import org.jspecify.annotations.NullMarked;
