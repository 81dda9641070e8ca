package kontor.idempotency;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a caller names a request by, so that it can be sent again.
 *
 * @param principal whose key it is: keys of different callers never meet
 * @param route method and path: keys of different operations never meet
 * @param fingerprint SHA-256 over route and canonical body
 */
public record RequestKey(String principal, String route, String key, byte[] fingerprint) {
    /** @param canonicalBody the request as it was understood, so that white space and the order of members do not count */
    public static RequestKey of(String principal, String route, String key, byte[] canonicalBody) {
        var digest = sha256();
        digest.update(route.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return new RequestKey(principal, route, key, digest.digest(canonicalBody));
    }

    /** Whether both name the same request, whatever its body. */
    boolean sameKey(RequestKey other) {
        return key.equals(other.key) && principal.equals(other.principal) && route.equals(other.route);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
