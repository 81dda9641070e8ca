package kontor.web;

import java.util.Set;

/**
 * A program that makes a request with less than a login of its user: one of somebody else's, on behalf of a user or for
 * itself; or one of the user's that has an API key.
 *
 * @param id its {@code client_id}, or {@code key:5} for an API key
 * @param scopes what it may do, such as {@code orders:read}
 * @param requestsPerSecond its rate limit; 0 where that is everybody's
 */
public record OAuthClient(String id, Set<String> scopes, int requestsPerSecond) {
    private static final String API_KEY = "key:";

    public OAuthClient(String id, Set<String> scopes) {
        this(id, scopes, 0);
    }

    /** @param requestsPerSecond its rate limit; 0 where that is everybody's */
    public static OAuthClient ofApiKey(long id, Set<String> scopes, int requestsPerSecond) {
        return new OAuthClient(API_KEY + id, scopes, requestsPerSecond);
    }

    public boolean isApiKey() {
        return id.startsWith(API_KEY);
    }
}
