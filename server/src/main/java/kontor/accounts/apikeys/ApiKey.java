package kontor.accounts.apikeys;

import java.time.Instant;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What is kept and shown of an API key.
 *
 * @param userId whose it is
 * @param beginning its first characters, to recognise it by: {@code kontor_a1B2}
 * @param scopes what it may do, as long as its user may
 * @param requestsPerSecond its rate limit; null where that is everybody's
 * @param lastUsedAt to the minute; null for never
 * @param lastUsedNetwork the address it was used from then
 * @param revokedAt since when it is good no more, though its time is not over
 */
record ApiKey(
        long id,
        long userId,
        String name,
        String beginning,
        SortedSet<String> scopes,
        @Nullable Integer requestsPerSecond,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant lastUsedAt,
        @Nullable String lastUsedNetwork,
        @Nullable Instant revokedAt) {}
