package kontor.accounts.oauth;

import java.util.Locale;
import org.springframework.security.oauth2.core.AuthorizationGrantType;

/** How a client comes by its tokens (OAuth 2.1). */
enum GrantType {
    /** A user lets it in. */
    AUTHORIZATION_CODE,
    /** It goes on after the first access token is over. */
    REFRESH_TOKEN,
    /** It acts for itself. */
    CLIENT_CREDENTIALS;

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    AuthorizationGrantType grant() {
        return new AuthorizationGrantType(code());
    }

    static GrantType of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
