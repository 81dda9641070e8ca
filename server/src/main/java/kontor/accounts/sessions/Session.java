package kontor.accounts.sessions;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A login that goes on.
 *
 * @param kind {@code token} for programs, {@code cookie} for browsers, {@code oauth} for OAuth clients
 * @param methods how the user showed who they are, in the words of RFC 8176: {@code pwd}, {@code otp}, {@code hwk} …
 * @param network the address that the login came from
 * @param lastUsedAt to the minute
 * @param expiresAt its end, however much it is used
 * @param current whether it is the one that this was asked with
 */
@Schema(name = "Session")
public record Session(
        UUID id,
        String kind,
        List<String> methods,
        String network,
        @Nullable String userAgent,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt,
        boolean current) {}
