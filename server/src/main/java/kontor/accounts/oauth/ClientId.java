package kontor.accounts.oauth;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A {@code client_id}: a UUID, written in the one way that we write it. */
final class ClientId {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private ClientId() {}

    /** @return null for what cannot be one */
    static @Nullable UUID of(String given) {
        return FORM.matcher(given).matches() ? UUID.fromString(given) : null;
    }
}
