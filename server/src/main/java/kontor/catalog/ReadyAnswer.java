package kontor.catalog;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** An answer that only has to be sent. */
final class ReadyAnswer {
    private static final int ETAG_BYTES = 12;

    private final byte[] json;
    private final String etag;
    private final boolean forEveryone;

    /** @param forEveryone false for what only staff may see */
    ReadyAnswer(byte[] json, String etag, boolean forEveryone) {
        this.json = json;
        this.etag = etag;
        this.forEveryone = forEveryone;
    }

    /** With a tag of its content: it stays the same when something else in the catalogue changes. */
    static ReadyAnswer of(byte[] json, boolean forEveryone) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(json);
            var etag = "W/\"" + HexFormat.of().formatHex(digest, 0, ETAG_BYTES) + '"';
            return new ReadyAnswer(json, etag, forEveryone);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Answers with it, or with 304 when the caller has it already. Written past Spring's converters, which cost more than all the rest. */
    void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.ETAG, etag);
        response.setHeader(HttpHeaders.CACHE_CONTROL, forEveryone ? "public, no-cache" : "private, no-cache");
        if (isKnown(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatus(HttpStatus.NOT_MODIFIED.value());
            return;
        }
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }

    /** Compares weakly, as RFC 9110 section 13.1.2 wants: what stands in the quotes counts. */
    private boolean isKnown(@Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) return false;
        return ifNoneMatch.equals(etag)
                || ifNoneMatch.equals("*")
                || ifNoneMatch.contains(etag.startsWith("W/") ? etag.substring(2) : etag);
    }

    boolean forEveryone() {
        return forEveryone;
    }

    int bytes() {
        return json.length;
    }
}
