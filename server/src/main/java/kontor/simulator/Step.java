package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request for an effect: what names it, and what a fault makes of it.
 *
 * @param key its idempotency key
 * @param print what it asks for; with the same key this must be the same
 * @param refusal how the bank declines it, whatever the card
 * @param authentication ask for 3-D Secure, whatever the card
 * @param brokenAnswer a server error is what the caller gets, now and again under the same key
 */
record Step(
        @Nullable String key,
        @Nullable String print,
        TestCard.@Nullable Refusal refusal,
        boolean authentication,
        boolean brokenAnswer) {
    /** The buyer does something, on a page. */
    static final Step BY_THE_BUYER = new Step(null, null, null, false, false);

    /** It happens at the acquirer, and nobody called for it. */
    static final Step BY_THE_ACQUIRER = new Step(null, null, null, false, false);

    static Step of(@Nullable String key, String path, Form form) {
        return new Step(key, key == null ? null : print(path, form), null, false, false);
    }

    Step refusing(TestCard.Refusal refusal) {
        return new Step(key, print, refusal, authentication, brokenAnswer);
    }

    Step authenticating() {
        return new Step(key, print, refusal, true, brokenAnswer);
    }

    Step answeringBroken() {
        return new Step(key, print, refusal, authentication, true);
    }

    /** The order of parameters does not matter, their names and values do. */
    private static String print(String path, Form form) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(path.getBytes(StandardCharsets.UTF_8));
            new TreeMap<>(form.values()).forEach((name, value) -> {
                sha.update((byte) 0);
                sha.update(name.getBytes(StandardCharsets.UTF_8));
                sha.update((byte) 0);
                sha.update(value.getBytes(StandardCharsets.UTF_8));
            });
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha.digest(), 18));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
