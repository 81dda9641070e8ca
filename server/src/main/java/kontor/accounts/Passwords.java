package kontor.accounts;

import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Passwords as Argon2id hashes. Hashing takes tens of milliseconds of a core on purpose, so it happens on a few threads
 * of its own: a flood of logins waits there, in a bounded queue, and takes neither the memory nor the threads that
 * orders run on.
 */
@Component
class Passwords implements AutoCloseable {
    private static final int SALT = 16;
    private static final int HASH = 32;
    private final Argon2PasswordEncoder argon2;
    private final ThreadPoolExecutor hashers;
    /** A hash that no password has, made as others are, so that an unknown account costs a guesser the same time. */
    private final String nobodys;

    Passwords(AccountSettings settings) {
        var kib = Math.toIntExact(settings.argon2Memory().toKilobytes());
        this.argon2 = new Argon2PasswordEncoder(SALT, HASH, settings.argon2Lanes(), kib, settings.argon2Passes());
        this.nobodys = "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(kib, settings.argon2Passes(), settings.argon2Lanes(), random(SALT), random(HASH));
        this.hashers = new ThreadPoolExecutor(
                settings.hashers(),
                settings.hashers(),
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(settings.hashesWaiting()),
                Thread.ofPlatform().daemon().name("password-", 1).factory());
        hashers.allowCoreThreadTimeOut(true);
    }

    /** @throws Refusal 503 when too many are waiting */
    String hash(String password) {
        return inTurn(() -> argon2.encode(normal(password)));
    }

    /**
     * Whether this is the password. Takes as long for {@code null}, which is the hash of nobody.
     *
     * @throws Refusal 503 when too many are waiting
     */
    boolean match(String password, @Nullable String hash) {
        var possible = hash != null && password.length() <= PasswordRules.LONGEST * 2;
        var candidate = possible ? normal(password) : "nobody";
        return inTurn(() -> argon2.matches(candidate, possible ? hash : nobodys)) && possible;
    }

    /** Whether the hash was made with weaker settings than the present ones. */
    boolean isOutdated(String hash) {
        return argon2.upgradeEncoding(hash);
    }

    /** One form for characters that keyboards send in several, as NIST SP 800-63B section 3.1.1.2 advises. */
    private static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC);
    }

    private <T> T inTurn(Callable<T> work) {
        try {
            return hashers.submit(work).get();
        } catch (RejectedExecutionException e) {
            throw overloaded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw overloaded();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A password could not be hashed", e.getCause());
        }
    }

    private static Refusal overloaded() {
        return new Refusal(
                HttpStatus.SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many people sign in right now. Try again in a moment.",
                Map.of("retry_after", 1),
                List.of());
    }

    private static String random(int bytes) {
        var random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public void close() {
        hashers.shutdownNow();
    }
}
