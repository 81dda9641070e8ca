package kontor.accounts.federation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whom a user is elsewhere.
 *
 * @param issuer who knows them there: an OpenID provider's address, or {@code ldap}
 * @param subject what the issuer calls them
 * @param lastLoginAt null when nobody has logged in with it
 */
public record Identity(
        long id,
        String issuer,
        String subject,
        Instant createdAt,
        @Nullable Instant lastLoginAt) {}
