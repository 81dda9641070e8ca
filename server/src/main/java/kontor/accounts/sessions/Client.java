package kontor.accounts.sessions;

import jakarta.servlet.http.HttpServletRequest;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Where a login comes from.
 *
 * @param network its address
 * @param userAgent what the program calls itself, at most 200 characters
 * @param device what the cookie of a known device says
 */
public record Client(
        String network,
        @Nullable String userAgent,
        @Nullable String device) {
    private static final int LONGEST = 200;

    public static Client of(HttpServletRequest request) {
        return new Client(request.getRemoteAddr(), agentOf(request), Cookies.device(request));
    }

    private static @Nullable String agentOf(HttpServletRequest request) {
        var given = request.getHeader("User-Agent");
        if (given == null || given.isBlank() || PlainText.Check.holdsCardNumber(given)) return null;
        var plain = given.codePoints()
                .map(c -> c >= ' ' && c < 0x7F ? c : '?')
                .limit(LONGEST)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return plain.toString();
    }

    @Override
    public String toString() {
        return "Client[" + network + "]"; // the cookie opens the device's door
    }
}
