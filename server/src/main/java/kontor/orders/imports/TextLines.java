package kontor.orders.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a stream line by line, in memory for one line: one that is too long or no UTF-8 spoils only itself. */
final class TextLines {
    private static final int BLOCK = 64 * 1024;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final InputStream stream;
    private final int longest;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // malformed input throws
    private final byte[] block = new byte[BLOCK];
    private int position;
    private int filled;
    private byte[] line = new byte[1024];
    private int length;
    private long number;

    /** @param longest in bytes */
    TextLines(InputStream stream, int longest) {
        this.stream = stream;
        this.longest = longest;
    }

    /**
     * @param number from 1
     * @param text without its end; "" when it could not be read
     */
    record TextLine(long number, String text, @Nullable Reason fault) {}

    /** @return null behind the last line */
    @Nullable
    TextLine next() throws IOException {
        length = 0;
        var tooLong = false;
        var any = false;
        while (true) {
            if (position == filled) {
                filled = stream.read(block);
                position = 0;
                if (filled <= 0) {
                    filled = 0;
                    if (!any) return null;
                    break;
                }
            }
            any = true;
            var end = position;
            while (end < filled && block[end] != '\n') end++;
            tooLong |= end - position > longest - length;
            if (!tooLong) append(end);
            var atEnd = end < filled;
            position = atEnd ? end + 1 : end;
            if (atEnd) break;
        }
        number++;
        return tooLong ? new TextLine(number, "", Reason.LINE_TOO_LONG) : decoded();
    }

    private void append(int end) {
        var more = end - position;
        if (length + more > line.length) line = Arrays.copyOf(line, Math.max(length + more, 2 * line.length));
        System.arraycopy(block, position, line, length, more);
        length += more;
    }

    private TextLine decoded() {
        if (length > 0 && line[length - 1] == '\r') length--;
        try {
            var text = decoder.decode(ByteBuffer.wrap(line, 0, length)).toString();
            if (number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) text = text.substring(1);
            return new TextLine(number, text, null);
        } catch (CharacterCodingException e) {
            return new TextLine(number, "", Reason.NOT_UTF8);
        }
    }
}
