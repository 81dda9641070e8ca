package kontor.accounts.sessions;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * What an OAuth client's tokens stand on.
 *
 * @param userId who has let the client in; 0 when it acts for itself
 * @param scopes what it may do
 * @param authenticatedAt when the user last showed who they are
 * @param methods how, in the words of RFC 8176
 */
public record OAuthSession(
        UUID id, long userId, String clientId, Set<String> scopes, Instant authenticatedAt, Set<String> methods) {}
