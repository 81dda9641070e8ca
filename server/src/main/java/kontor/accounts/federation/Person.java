package kontor.accounts.federation;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody as an issuer knows them.
 *
 * @param issuer who says so: a provider's {@code iss}, or {@code ldap}
 * @param subject whom the issuer means by that, for good
 * @param loginName what they typed, where names are typed
 * @param email null when it says none
 * @param emailVerified whether the issuer answers for the address
 * @param roles what they are to have here by its word, already in our names; null when it is not asked about roles
 */
record Person(
        String issuer,
        String subject,
        @Nullable String loginName,
        @Nullable String name,
        @Nullable String email,
        boolean emailVerified,
        @Nullable Set<String> roles) {}
