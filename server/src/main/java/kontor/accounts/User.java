package kontor.accounts;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with an account.
 *
 * @param email as it was given; compared without regard to case
 * @param emailVerified whether they have shown that mail to it reaches them
 * @param locale BCP 47, such as {@code de-CH}
 * @param timeZone IANA, such as {@code Europe/Berlin}
 * @param roles names of the sets of permissions this user has, in alphabetical order
 * @param version rises with every change of name, address, locale or time zone; the ETag
 */
public record User(
        long id,
        String name,
        String email,
        boolean emailVerified,
        @Nullable String locale,
        @Nullable String timeZone,
        List<String> roles,
        UserState state,
        long version,
        Instant createdAt) {}
