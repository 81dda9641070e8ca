package kontor.accounts.factors;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An authenticator's key, as its owner sees it.
 *
 * @param name what the owner calls it
 * @param synced whether it may be on several of the owner's devices
 * @param transports how browsers reach the authenticator: {@code internal}, {@code usb} …
 */
public record Passkey(
        long id,
        String name,
        boolean synced,
        List<String> transports,
        Instant createdAt,
        @Nullable Instant lastUsedAt) {}
