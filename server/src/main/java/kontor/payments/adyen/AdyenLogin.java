package kontor.payments.adyen;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The user and password that Adyen's messages come with, where both were agreed on. */
final class AdyenLogin {
    private final byte @Nullable [] expected;

    private AdyenLogin(byte @Nullable [] expected) {
        this.expected = expected;
    }

    static AdyenLogin of(@Nullable String user, @Nullable String password) {
        if (user == null || user.isBlank()) return new AdyenLogin(null);
        var pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return new AdyenLogin(("Basic " + Base64.getEncoder().encodeToString(pair)).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it is the one, or none is asked for; takes the same time however much of it is right. */
    boolean accepts(@Nullable String authorization) {
        if (expected == null) return true;
        return authorization != null && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
    }
}
