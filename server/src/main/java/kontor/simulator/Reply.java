package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer, and how much of it reaches the wire.
 *
 * @param wire whole, except on demand
 */
@SuppressWarnings("ArrayRecordComponent") // sent, never compared
record Reply(int status, String contentType, Map<String, String> headers, byte[] body, Wire wire) {
    enum Wire {
        WHOLE,
        /** The headers promise the whole body; half of it comes, then the connection ends. */
        CUT,
        /** The connection ends without a byte. */
        DROPPED
    }

    static Reply json(int status, byte[] body) {
        return new Reply(status, "application/json", Map.of(), body, Wire.WHOLE);
    }

    static Reply html(int status, String page) {
        return new Reply(
                status, "text/html; charset=utf-8", Map.of(), page.getBytes(StandardCharsets.UTF_8), Wire.WHOLE);
    }

    /** Sends a browser on with a GET. */
    static Reply seeOther(String location) {
        return new Reply(303, "text/plain", Map.of("Location", location), new byte[0], Wire.WHOLE);
    }

    Reply with(String header, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Reply(status, contentType, all, body, wire);
    }

    Reply withBody(byte[] body) {
        return new Reply(status, contentType, headers, body, wire);
    }

    Reply over(Wire wire) {
        return new Reply(status, contentType, headers, body, wire);
    }
}
