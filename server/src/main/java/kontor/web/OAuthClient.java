package kontor.web;

import java.util.Set;

/**
 * A program of somebody else's that makes a request, on behalf of a user or for itself.
 *
 * @param scopes what it may do, such as {@code orders:read}
 */
public record OAuthClient(String id, Set<String> scopes) {}
