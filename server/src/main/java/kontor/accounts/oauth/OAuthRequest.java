package kontor.accounts.oauth;

import java.util.Set;
import java.util.UUID;
import kontor.web.Login;
import org.jspecify.annotations.Nullable;

/**
 * What a client has asked a user for.
 *
 * @param id also that of the session that its code opens
 * @param login the browser's
 * @param scopes what it asked for, then what it was let
 * @param state handed back to the client as it was
 * @param nonce handed back in the ID token
 * @param codeChallenge base64url of the SHA-256 of the verifier (RFC 7636)
 */
record OAuthRequest(
        UUID id,
        String clientId,
        long userId,
        Login login,
        String redirectUri,
        Set<String> scopes,
        @Nullable String state,
        @Nullable String nonce,
        String codeChallenge) {}
