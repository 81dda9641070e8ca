package kontor.accounts.sessions;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/**
 * What browsers keep for us. The prefix makes them keep it for this host alone and send it over TLS (or to this very
 * machine) only; scripts do not see it.
 */
public final class Cookies {
    static final String SESSION = "__Host-session";
    static final String DEVICE = "__Host-device";
    static final String LOGIN = "__Host-login";
    static final String FORM = "__Host-form";
    static final Duration DEVICE_LIFETIME = Duration.ofDays(365);
    private static final Duration FORM_LIFETIME = Duration.ofHours(1);

    private Cookies() {}

    /** @param lifetime after which the browser forgets it */
    public static ResponseCookie session(String value, Duration lifetime) {
        return cookie(SESSION, value, lifetime);
    }

    /** Has the browser forget its session. */
    public static ResponseCookie noSession() {
        return cookie(SESSION, "", Duration.ZERO);
    }

    public static ResponseCookie device(String value) {
        return cookie(DEVICE, value, DEVICE_LIFETIME);
    }

    /** What a login that goes by way of another server has to come back with. */
    public static ResponseCookie login(String value, Duration lifetime) {
        return cookie(LOGIN, value, lifetime);
    }

    public static ResponseCookie noLogin() {
        return cookie(LOGIN, "", Duration.ZERO);
    }

    public static @Nullable String login(HttpServletRequest request) {
        return value(request, LOGIN);
    }

    /** What a form of ours has to bring along: only a page of ours could write it there. */
    public static ResponseCookie form(String value) {
        return cookie(FORM, value, FORM_LIFETIME);
    }

    public static @Nullable String form(HttpServletRequest request) {
        return value(request, FORM);
    }

    public static @Nullable String session(HttpServletRequest request) {
        return value(request, SESSION);
    }

    static @Nullable String device(HttpServletRequest request) {
        return value(request, DEVICE);
    }

    /** Nothing when there are two of them: one is somebody else's doing. */
    private static @Nullable String value(HttpServletRequest request, String name) {
        var cookies = request.getCookies();
        if (cookies == null) return null;
        String found = null;
        for (var cookie : cookies) {
            if (!cookie.getName().equals(name)) continue;
            if (found != null) return null;
            found = cookie.getValue();
        }
        return found != null && Opaque.isWellFormed(found) ? found : null;
    }

    private static ResponseCookie cookie(String name, String value, Duration lifetime) {
        return ResponseCookie.from(name, value)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Lax")
                .maxAge(lifetime)
                .build();
    }
}
