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
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Passwords as Argon2id hashes. Hashing takes tens of milliseconds of a core on purpose, so it happens on a few threads
 * of its own: a flood of logins waits there, in a bounded queue, and takes neither the memory nor the threads that
 * orders run on.
 *
 * <p>New passwords, of those who register and of those who choose another, have a quarter of the queue at most: so they shut
 * nobody out who logs in, however many come.
 *
 * <p>How many passes a hash makes is measured after the start: as many as fit into the time that it is to take. Whoever
 * guesses must not learn from the time which accounts there are, so every comparison costs the same: for an unknown
 * account a hash that nobody has is compared, and for a password that was hashed with fewer passes than today the missing
 * ones are made up for.
 */
@Component
class Passwords implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Passwords.class);
    private static final Pattern PASSES = Pattern.compile("^\\$argon2id\\$v=19\\$m=(\\d+),t=(\\d+),p=(\\d+)\\$");
    private static final String TOO_MANY_SIGN_IN = "Too many people sign in right now";
    private static final int SALT = 16;
    private static final int HASH = 32;
    private static final int MEASUREMENTS = 5;
    private static final int MOST_PASSES = 20;
    private static final int SHARE_OF_NEW_PASSWORDS = 4; // one in so many
    private final AccountSettings settings;
    private final Agreement agreement;
    private final ThreadPoolExecutor hashers;
    private final Semaphore newPasswords;
    private volatile Argon2 argon2;

    @Autowired
    Passwords(AccountSettings settings, AccountStore store) {
        this(settings, wanted -> store.agreePasses(kib(settings), settings.argon2Lanes(), wanted));
    }

    Passwords(AccountSettings settings, Agreement agreement) {
        this.settings = settings;
        this.agreement = agreement;
        this.argon2 = new Argon2(settings, agreed(settings.argon2Passes()));
        this.hashers = new ThreadPoolExecutor(
                settings.hashers(),
                settings.hashers(),
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(settings.hashesWaiting()),
                Thread.ofPlatform().daemon().name("password-", 1).factory());
        hashers.allowCoreThreadTimeOut(true);
        this.newPasswords = new Semaphore(Math.max(1, settings.hashesWaiting() / SHARE_OF_NEW_PASSWORDS));
    }

    /** The most passes that any server of this shop has found, or is asked for now: they never become fewer. */
    interface Agreement {
        int passes(int wanted);
    }

    private int agreed(int wanted) {
        return settings.argon2Target().isZero() ? wanted : agreement.passes(wanted);
    }

    private static int kib(AccountSettings settings) {
        return Math.toIntExact(settings.argon2Memory().toKilobytes());
    }

    /**
     * One strength of hashing.
     *
     * @param nobodys a hash that no password has, made as others are
     */
    private record Argon2(int passes, Argon2PasswordEncoder encoder, String nobodys) {
        Argon2(AccountSettings settings, int passes) {
            var kib = kib(settings);
            this(
                    passes,
                    new Argon2PasswordEncoder(SALT, HASH, settings.argon2Lanes(), kib, passes),
                    "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                            .formatted(kib, passes, settings.argon2Lanes(), random(SALT), random(HASH)));
        }
    }

    /** Measures when the server is up, on a hasher's thread: the start does not wait for it. */
    @EventListener(ApplicationReadyEvent.class)
    void calibrateSoon() {
        if (!settings.argon2Target().isZero()) hashers.execute(this::calibrate);
    }

    /** Takes the fastest of a few measurements: the first ones are slow, because their code has not been compiled yet. */
    void calibrate() {
        var floor = new Argon2(settings, settings.argon2Passes());
        var fastest = Long.MAX_VALUE;
        for (var i = 0; i < MEASUREMENTS; i++) {
            var start = System.nanoTime();
            floor.encoder().matches("nobody", floor.nobodys());
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        var onePass = Math.max(1, fastest / floor.passes());
        var fitting = Math.clamp(settings.argon2Target().toNanos() / onePass, floor.passes(), MOST_PASSES);
        argon2 = new Argon2(settings, agreed(Math.toIntExact(Math.max(fitting, floor.passes()))));
        log.info(
                "A password is hashed with {} passes over {} KiB, which takes {} ms of a core",
                argon2.passes(),
                settings.argon2Memory().toKilobytes(),
                argon2.passes() * onePass / 1_000_000);
    }

    int passes() {
        return argon2.passes();
    }

    /** @throws Refusal 503 when too many are waiting, or too many new ones */
    String hash(String password) {
        if (!newPasswords.tryAcquire()) throw overloaded("Too many people choose a password right now");
        try {
            return inTurn(() -> argon2.encoder().encode(normal(password)));
        } finally {
            newPasswords.release();
        }
    }

    /**
     * Whether this is the password. Takes as long for {@code null}, which is the hash of nobody.
     *
     * @throws Refusal 503 when too many are waiting
     */
    boolean match(String password, @Nullable String hash) {
        var possible = hash != null && password.length() <= PasswordRules.LONGEST * 2;
        var candidate = possible ? normal(password) : "nobody";
        var today = argon2;
        return inTurn(() -> {
            var matches = today.encoder().matches(candidate, possible ? hash : today.nobodys());
            if (possible && hash != null) makeUpForMissingPasses(hash, today);
            return matches && possible;
        });
    }

    private void makeUpForMissingPasses(String hash, Argon2 today) {
        var missing = today.passes() - passesOf(hash);
        if (missing > 0) {
            var rest = new Argon2(settings, missing);
            rest.encoder().matches("nobody", rest.nobodys());
        }
    }

    private static int passesOf(String hash) {
        var found = PASSES.matcher(hash);
        return found.find() ? Integer.parseInt(found.group(2)) : 0;
    }

    /** Whether the hash was made with weaker settings than the present ones. */
    boolean isOutdated(String hash) {
        return argon2.encoder().upgradeEncoding(hash);
    }

    /** One form for characters that keyboards send in several, as NIST SP 800-63B section 3.1.1.2 advises. */
    static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC);
    }

    private <T> T inTurn(Callable<T> work) {
        try {
            return hashers.submit(work).get();
        } catch (RejectedExecutionException e) {
            throw overloaded(TOO_MANY_SIGN_IN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw overloaded(TOO_MANY_SIGN_IN);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A password could not be hashed", e.getCause());
        }
    }

    private static Refusal overloaded(String why) {
        return new Refusal(
                HttpStatus.SERVICE_UNAVAILABLE,
                "overloaded",
                why + ". Try again in a moment.",
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
