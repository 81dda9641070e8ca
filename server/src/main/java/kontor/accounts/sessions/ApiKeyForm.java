package kontor.accounts.sessions;

/** How an API key is written: {@code kontor_}, by which people and scanners of secrets know it, and 256 random bits. */
public final class ApiKeyForm {
    private static final String PREFIX = "kontor_";
    private static final int SHOWN = PREFIX.length() + 4;

    private ApiKeyForm() {}

    /** A new one. */
    public static String random() {
        return PREFIX + Opaque.random();
    }

    /** Enough to recognise it, and no more. */
    public static String beginning(String key) {
        return key.substring(0, SHOWN);
    }

    /** Whether a bearer token wants to be an API key. */
    static boolean isOne(String token) {
        return token.startsWith(PREFIX);
    }

    /** Whether it could be one of ours. */
    static boolean isWellFormed(String token) {
        return isOne(token) && Opaque.isWellFormed(token.substring(PREFIX.length()));
    }
}
