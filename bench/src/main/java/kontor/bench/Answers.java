package kontor.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the answers on one connection as far as a load generator has to, which is how long they are and their status
 * (RFC 9112, sections 4, 6 and 7). A request is only sent when the answer to the one before is there.
 */
final class Answers {
    private static final int NOT_MODIFIED = 304;
    private static final int NO_CONTENT = 204;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "transfer-encoding:".getBytes(StandardCharsets.US_ASCII);
    private static final int UNKNOWN = -1;
    private static final int USUAL = 16 * 1024;

    private ByteBuffer received = ByteBuffer.allocateDirect(USUAL);
    private int scanned;
    private int bodyAt = UNKNOWN;
    private int length = UNKNOWN;
    private boolean chunked;
    private int status;

    /** Where to read into. */
    ByteBuffer room() {
        if (!received.hasRemaining()) {
            var larger = ByteBuffer.allocateDirect(2 * received.capacity());
            received = larger.put(received.flip());
        }
        return received;
    }

    /**
     * Looks at what has come in. When this is true, {@link #status} and {@link #body} are about the whole answer, until
     * {@link #next}.
     *
     * @throws IllegalStateException for what is no answer, or more than one
     */
    boolean isComplete() {
        if (bodyAt == UNKNOWN && !readHead()) return false;
        var end = end();
        if (end == UNKNOWN || received.position() < end) return false;
        if (received.position() > end) throw new IllegalStateException("More came than one answer");
        return true;
    }

    int status() {
        return status;
    }

    /** As text; in chunks as they came. */
    String body() {
        return text(bodyAt, received.position());
    }

    /** The value of a header, or "" when there is none. */
    String header(String name) {
        for (var line : text(0, bodyAt).split("\r\n", -1)) {
            var colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name))
                return line.substring(colon + 1).strip();
        }
        return "";
    }

    /** Forgets this answer. */
    void next() {
        received.clear();
        scanned = 0;
        bodyAt = UNKNOWN;
        length = UNKNOWN;
        chunked = false;
    }

    private boolean readHead() {
        for (var lineAt = scanned; ; lineAt = scanned) {
            var end = endOfLine(lineAt);
            if (end == UNKNOWN) return false;
            scanned = end + 2;
            if (end == lineAt) {
                bodyAt = scanned;
                if (status == NOT_MODIFIED || status == NO_CONTENT) length = 0;
                else if (length == UNKNOWN && !chunked)
                    throw new IllegalStateException("An answer that does not say how long it is");
                return true;
            }
            if (lineAt == 0) status = status(end);
            else if (startsWith(lineAt, LENGTH)) length = number(lineAt + LENGTH.length, end, 10);
            else if (startsWith(lineAt, CHUNKED)) chunked = true;
        }
    }

    private int status(int end) {
        if (end < STATUS_AT + 3 || !text(0, STATUS_AT).equals("HTTP/1.1 "))
            throw new IllegalStateException("No answer of HTTP/1.1: " + text(0, end));
        return number(STATUS_AT, STATUS_AT + 3, 10);
    }

    /** Where the answer ends, if that is known yet. */
    private int end() {
        if (!chunked) return bodyAt + length;
        for (var at = bodyAt; ; ) {
            var sizeEnd = endOfLine(at);
            if (sizeEnd == UNKNOWN) return UNKNOWN;
            var size = number(at, sizeEnd, 16);
            var next = sizeEnd + 2 + size + 2; // the last one is empty, and an empty line follows it; no trailers here
            if (size == 0) return next;
            at = next;
        }
    }

    private int endOfLine(int from) {
        for (var i = from; i + 1 < received.position(); i++)
            if (received.get(i) == '\r' && received.get(i + 1) == '\n') return i;
        return UNKNOWN;
    }

    /** Whether a header begins there; its name in any case. */
    private boolean startsWith(int at, byte[] name) {
        if (received.position() - at < name.length) return false;
        for (var i = 0; i < name.length; i++) if ((received.get(at + i) | 0x20) != (name[i] | 0x20)) return false;
        return true;
    }

    private int number(int from, int to, int radix) {
        var value = 0;
        var digits = 0;
        for (var i = from; i < to; i++) {
            var c = received.get(i);
            if (c == ' ' && digits == 0) continue;
            if (c == ';' || c == ' ') break;
            var digit = Character.digit(c, radix);
            if (digit < 0 || ++digits > 8) throw new IllegalStateException("No number: " + text(from, to));
            value = value * radix + digit;
        }
        if (digits == 0) throw new IllegalStateException("No number: " + text(from, to));
        return value;
    }

    private String text(int from, int to) {
        var bytes = new byte[Math.max(0, to - from)];
        received.get(from, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
