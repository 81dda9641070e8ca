package kontor.idempotency;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an earlier request with the same key.
 *
 * @param answer null while it has not been answered yet
 * @param orderId of the order it made; null when it made none
 */
public record Recorded(
        byte[] fingerprint,
        @Nullable Answer answer,
        @Nullable Long orderId) {
    /** Whether the earlier request said the same; if not, the key was used for two different things. */
    public boolean matches(RequestKey key) {
        return Arrays.equals(fingerprint, key.fingerprint());
    }
}
