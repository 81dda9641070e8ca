package kontor.accounts.sessions;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a login gives: a program gets tokens in the members of RFC 6749 section 5.1, a browser gets a cookie and what it
 * sends along with everything that changes something.
 *
 * @param accessToken to be sent as {@code Authorization: Bearer …}
 * @param expiresIn seconds that the access token is good for, or the cookie's session
 * @param refreshToken good for one new access token and its own successor
 * @param csrfToken to be sent as {@code X-CSRF-Token} with every request but GET
 * @param cookie what the browser is to keep
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoggedIn(
        @JsonIgnore @Schema(hidden = true) UUID session,
        @Nullable String accessToken,
        @Nullable String tokenType,
        long expiresIn,
        @Nullable String refreshToken,
        @Nullable String csrfToken,
        @JsonIgnore @Schema(hidden = true) @Nullable String cookie) {
    static LoggedIn withTokens(UUID session, String accessToken, long expiresIn, String refreshToken) {
        return new LoggedIn(session, accessToken, "Bearer", expiresIn, refreshToken, null, null);
    }

    static LoggedIn withCookie(UUID session, String cookie, String csrfToken, long expiresIn) {
        return new LoggedIn(session, null, null, expiresIn, null, csrfToken, cookie);
    }

    @Override
    public String toString() {
        return "LoggedIn[" + session + "]"; // whoever has the tokens is the user
    }
}
