package kontor.payments;

import kontor.web.CardNumber;
import org.jspecify.annotations.Nullable;

/**
 * Keeps card numbers out of the inbox. Gateways do not send them; should one do so all the same, or a customer have typed
 * one into a field that the gateway passes on, it must not lie in our tables.
 *
 * <p>Taken for one is a {@link CardNumber} that stands for itself, in one piece or in groups of four. So references and
 * moments in milliseconds stay whole, which begin otherwise or are parts of longer words.
 */
final class CardNumbers {
    private static final int SHOWN = 4;

    private CardNumbers() {}

    /**
     * In a JSON string all digits but the last four become asterisks; a bare number becomes nines, so that the message can
     * still be read.
     *
     * @return the same array when there is nothing to mask
     */
    static byte[] masked(byte[] body) {
        byte @Nullable [] result = null;
        var quoted = false;
        for (var i = 0; i < body.length; i++) {
            var c = body[i];
            if (quoted && c == '\\') i++;
            else if (c == '"') quoted = !quoted;
            else if (isDigit(body, i) && !isPartOfWord(body, i - 1)) {
                var end = endOfNumber(body, i);
                if (isCardNumber(body, i, end)) {
                    if (result == null) result = body.clone();
                    mask(result, i, end, quoted);
                }
                i = end - 1;
            }
        }
        return result == null ? body : result;
    }

    /** Behind the last digit: groups count as one number when there are four digits in each but the last. */
    private static int endOfNumber(byte[] body, int start) {
        var end = endOfDigits(body, start);
        var next = end;
        while (next - start >= 4
                && endOfDigits(body, next) == next
                && next < body.length
                && (body[next] == ' ' || body[next] == '-')
                && isDigit(body, next + 1)
                && lengthOfLastGroup(body, next) == 4) {
            next = endOfDigits(body, next + 1);
        }
        return next;
    }

    private static int lengthOfLastGroup(byte[] body, int end) {
        var length = 0;
        while (isDigit(body, end - 1 - length)) length++;
        return length;
    }

    private static int endOfDigits(byte[] body, int start) {
        var end = start;
        while (isDigit(body, end)) end++;
        return end;
    }

    private static boolean isCardNumber(byte[] body, int start, int end) {
        if (isPartOfWord(body, end) && body[end] != '.') return false;
        var digits = new StringBuilder();
        for (var i = start; i < end; i++) if (isDigit(body, i)) digits.append((char) body[i]);
        return CardNumber.isOne(digits);
    }

    private static void mask(byte[] body, int start, int end, boolean quoted) {
        for (var i = start; i < end; i++)
            if (isDigit(body, i) && !(quoted && i >= end - SHOWN)) body[i] = (byte) (quoted ? '*' : '9');
    }

    private static boolean isDigit(byte[] body, int i) {
        return i >= 0 && i < body.length && body[i] >= '0' && body[i] <= '9';
    }

    /** Letters, digits, whatever is beyond ASCII, and what joins words to references and numbers to fractions. */
    private static boolean isPartOfWord(byte[] body, int i) {
        if (i < 0 || i >= body.length) return false;
        var c = body[i];
        return c < 0 || c == '_' || c == '-' || c == '.' || Character.isLetterOrDigit(c);
    }
}
