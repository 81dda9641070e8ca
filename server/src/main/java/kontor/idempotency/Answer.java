package kontor.idempotency;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * An answer as it went out, to be sent again byte for byte.
 *
 * @param status HTTP status
 * @param location of what was made; null when nothing was
 * @param body JSON
 */
public record Answer(int status, @Nullable String location, byte[] body) {
    public ResponseEntity<byte[]> toResponse(boolean replayed) {
        var response = ResponseEntity.status(status)
                .contentType(status < 400 ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON);
        if (location != null) response.location(URI.create(location));
        if (replayed) response.header("Idempotent-Replayed", "true");
        return response.body(body);
    }
}
