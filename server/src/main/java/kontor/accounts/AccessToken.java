package kontor.accounts;

/**
 * The answer to a login, in the members of RFC 6749 section 5.1.
 *
 * @param accessToken to be sent as {@code Authorization: Bearer …}
 * @param expiresIn seconds
 */
public record AccessToken(String accessToken, String tokenType, long expiresIn) {
    @Override
    public String toString() {
        return "AccessToken[" + expiresIn + " s]"; // whoever has the token is the user
    }
}
