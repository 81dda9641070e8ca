package kontor.auditlog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody did, as it is shown to themselves.
 *
 * @param network the address that the request came from
 * @param outcome {@code done} or {@code refused}
 */
public record OwnAct(
        Instant at,
        String action,
        @Nullable String network,
        @Nullable String userAgent,
        String outcome) {}
