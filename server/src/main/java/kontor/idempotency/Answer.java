package kontor.idempotency;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * An answer as it went out, to be sent again byte for byte.
 *
 * @param status HTTP status
 * @param location of what was made; null when nothing was
 * @param etag of what was made or changed; null for what has none
 * @param body JSON; empty for an answer without
 */
public record Answer(
        int status, @Nullable String location, @Nullable String etag, byte[] body) {
    static final String REPLAYED = "Idempotent-Replayed";

    public Answer(int status, @Nullable String location, byte[] body) {
        this(status, location, null, body);
    }

    /** Sends it at once. Spring's way would find out again, for every order, that bytes are to be written as they are. */
    public void writeTo(HttpServletResponse response, boolean replayed) throws IOException {
        response.setStatus(status);
        response.setContentType(status < 400 ? "application/json" : "application/problem+json");
        if (location != null) response.setHeader("Location", location);
        if (etag != null) response.setHeader("ETag", etag);
        if (replayed) response.setHeader(REPLAYED, "true");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    public ResponseEntity<byte[]> toResponse(boolean replayed) {
        var response = ResponseEntity.status(status);
        if (location != null) response.location(URI.create(location));
        if (etag != null) response.eTag(etag);
        if (replayed) response.header(REPLAYED, "true");
        if (body.length == 0) return response.build();
        return response.contentType(status < 400 ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON)
                .body(body);
    }
}
