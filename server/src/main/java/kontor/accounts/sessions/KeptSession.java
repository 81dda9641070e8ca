package kontor.accounts.sessions;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as it is shown to the person whose it is or was.
 *
 * @param endedAt null for one that goes on, or whose time is over
 * @param endReason why it ended
 */
record KeptSession(
        UUID id,
        String kind,
        String network,
        @Nullable String userAgent,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt,
        @Nullable Instant endedAt,
        @Nullable String endReason) {}
