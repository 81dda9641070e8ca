package kontor.simulator;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Ids in Stripe's manner: a prefix, then letters and digits that nobody has had before. */
final class RandomIds {
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 24;

    private final AtomicLong seed = new AtomicLong(new SecureRandom().nextLong());

    String next(String prefix) {
        var random = new SplittableRandom(seed.getAndAdd(0x9E3779B97F4A7C15L));
        var id = new StringBuilder(prefix.length() + LENGTH).append(prefix);
        for (var i = 0; i < LENGTH; i++) id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return id.toString();
    }
}
